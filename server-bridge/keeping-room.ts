/** A disk that takes nothing is noticed within a second of its first refusal, and so is that it takes what it is given again. */
import type { OpenStore } from './store/open.ts';
import type { Refusing } from './store/state.ts';
import type { Timers } from './sync/ports.ts';

/** Whoever sits at the console would enter what nobody keeps. ms */
const EVERY_MS = 1_000;

export interface RoomOptions {
  readonly store: Pick<OpenStore, 'refuses' | 'takesAgain' | 'isReadOnly'>;
  readonly timers: Timers;
  readonly changed: () => void;
  readonly fault: (where: string, error: unknown) => void;
}

export interface Room {
  readonly refuses: () => Refusing | null;
  readonly stop: () => void;
}

export function keepRoom({ store, timers, changed, fault }: RoomOptions): Room {
  let shown: Refusing | null = null;
  let stop = (): void => undefined;
  const next = (): void => {
    stop = timers.after(EVERY_MS, () => {
      try {
        // A disk that can only be read says so to whoever writes, and for hours nobody may.
        if (store.refuses() !== null || store.isReadOnly()) store.takesAgain();
      } catch (error) {
        fault('looking for room', error);
      }
      const refuses = store.refuses();
      if (refuses !== shown) {
        shown = refuses;
        changed();
      }
      next();
    });
  };
  next();
  return { refuses: () => shown, stop: () => stop() };
}
