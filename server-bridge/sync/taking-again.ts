/** What waits until a disk takes something again. It is tried for all of them together: a full disk has enough to do. */
import type { Store } from '../store/store.ts';
import type { Timers } from './ports.ts';
import { TIMES } from './state.ts';

export interface TakingAgain {
  /** Runs once the disk takes something again, and at the earliest at the next trial. */
  readonly onceTaken: (run: () => void) => void;
  readonly stop: () => void;
}

/** Something is written once a second while anybody waits, and at no other time. */
export function createTakingAgain(
  store: Pick<Store, 'refuses' | 'takesAgain'>,
  timers: Timers,
  fault: (what: string, error: unknown) => void,
): TakingAgain {
  const waiting: (() => void)[] = [];
  let disarm: (() => void) | null = null;

  const takes = (): boolean => {
    try {
      return store.refuses() === null || store.takesAgain();
    } catch (error) {
      // Something else is wrong with it, and whoever writes next is told what.
      fault('The disk could not be looked at', error);
      return true;
    }
  };
  const arm = (): void => {
    disarm ??= timers.after(TIMES.storeRefused, () => {
      disarm = null;
      if (!takes()) return arm();
      for (const run of waiting.splice(0)) {
        try {
          run();
        } catch (error) {
          fault('What a disk had refused could not be gone on with', error);
        }
      }
    });
  };
  return {
    onceTaken: (run) => {
      waiting.push(run);
      arm();
    },
    stop: () => {
      disarm?.();
      waiting.length = 0;
    },
  };
}
