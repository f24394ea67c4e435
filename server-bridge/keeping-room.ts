/** A disk that takes nothing is noticed within a second of its first refusal, and so is that it takes what it is given again. */
import type { OpenStore } from './store/open.ts';
import type { Refusing } from './store/state.ts';
import type { Timers } from './sync/ports.ts';
import type { TakingAgain } from './sync/taking-again.ts';

/** Whoever sits at the console would enter what nobody keeps. ms */
const EVERY_MS = 1_000;

export interface RoomOptions {
  readonly store: Pick<OpenStore, 'refuses' | 'takesAgain' | 'isReadOnly'>;
  readonly timers: Timers;
  readonly takingAgain: TakingAgain;
  readonly changed: () => void;
  readonly fault: (where: string, error: unknown) => void;
}

export interface Room {
  readonly refuses: () => Refusing | null;
  readonly stop: () => void;
}

export function keepRoom({ store, timers, takingAgain, changed, fault }: RoomOptions): Room {
  let shown: Refusing | null = null;
  let waits = false;
  let stop = (): void => undefined;
  const look = (): void => {
    const refuses = store.refuses();
    if (refuses !== null && !waits) {
      waits = true;
      takingAgain.onceTaken(() => {
        waits = false;
        look();
      });
    }
    if (refuses === shown) return;
    shown = refuses;
    changed();
  };
  const next = (): void => {
    stop = timers.after(EVERY_MS, () => {
      try {
        // A disk that can only be read says so to whoever writes, and for hours nobody may.
        if (store.refuses() === null && store.isReadOnly()) store.takesAgain();
      } catch (error) {
        fault('looking for room', error);
      }
      look();
      next();
    });
  };
  next();
  return { refuses: () => shown, stop: () => stop() };
}
