/** A store that was deleted, moved or replaced while it is open is noticed within a second, and put back where it can be. */
import type { OpenStore } from './store/open.ts';
import type { Timers } from './sync/ports.ts';

/** What is acknowledged meanwhile lies in a file that nobody else finds. ms */
const EVERY_MS = 1_000;

export interface InPlaceOptions {
  readonly store: Pick<OpenStore, 'isInPlace' | 'putBack'>;
  readonly timers: Timers;
  /** Whether the folder still has the keys that open it: beside others, or none, nobody could. */
  readonly belongs: () => boolean;
  /** It was put back, and what it is given from now on is lost: to be abandoned at once, and opened again. */
  readonly returned: () => void;
  /** It cannot be put back yet, or lies where it belongs again. */
  readonly changed: () => void;
  readonly fault: (where: string, error: unknown) => void;
}

export interface InPlace {
  readonly isAstray: () => boolean;
  /** Looks now, for one last time: true where it was put back. */
  readonly stop: () => boolean;
}

export function keepInPlace(options: InPlaceOptions): InPlace {
  const { store, timers, fault } = options;
  let astray = false;
  let failed = false;
  let stopTimer = (): void => undefined;
  const put = (): boolean => {
    if (!options.belongs()) return false;
    try {
      store.putBack();
      return true;
    } catch (error) {
      // Said once: it is tried again every second.
      if (!failed) fault('putting the store back', error);
      failed = true;
      return false;
    }
  };
  const next = (): void => {
    stopTimer = timers.after(EVERY_MS, () => {
      const isThere = store.isInPlace();
      if (!isThere && put()) return options.returned();
      if (isThere) failed = false;
      if (astray === isThere) {
        astray = !isThere;
        options.changed();
      }
      next();
    });
  };
  next();
  return {
    isAstray: () => astray,
    stop: () => {
      stopTimer();
      return !store.isInPlace() && put();
    },
  };
}
