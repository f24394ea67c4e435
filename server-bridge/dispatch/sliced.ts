/** Work in slices: what people do comes first, what arrived from elsewhere is caught up with in between. */
import type { Clock } from '../../domain/kernel/ids.ts';
import type { Timers } from '../sync/ports.ts';

/** Longest slice, ms (DESIGN §6). */
const SLICE_MS = 5;

export interface Sliced<T> {
  readonly add: (items: Iterable<T>) => void;
  /** No longer needed: it was done out of turn. */
  readonly drop: (item: T) => void;
  readonly close: () => void;
}

/** `each` is called for every item once; `after` at the end of every slice. */
export function createSliced<T>(options: {
  readonly timers: Timers;
  readonly clock: Clock;
  readonly each: (item: T) => void;
  readonly after: () => void;
}): Sliced<T> {
  const { timers, clock, each, after } = options;
  const waiting = new Set<T>();
  let stop: (() => void) | null = null;

  const slice = (): void => {
    stop = null;
    const end = clock() + SLICE_MS;
    for (const item of waiting) {
      waiting.delete(item);
      each(item);
      if (clock() >= end) break;
    }
    after();
    if (waiting.size > 0) stop ??= timers.after(0, slice);
  };

  return {
    add: (items) => {
      for (const item of items) waiting.add(item);
      if (waiting.size > 0) stop ??= timers.after(0, slice);
    },
    drop: (item) => void waiting.delete(item),
    close: () => {
      stop?.();
      waiting.clear();
    },
  };
}
