/** Incoming facts are taken in slices, so that an action of a window never waits long behind them (DESIGN §6). */
import type { Timers } from './ports.ts';

/** A slice should take this long. ms */
const SLICE_MS = 4;
const SMALLEST = 32;
const LARGEST = 500;

/** Takes the next `size` items of its work; false once nothing is left. */
export type Job = (size: number) => boolean;

export interface Slices {
  readonly add: (job: Job) => void;
  /** Forgets the jobs that wait. */
  readonly clear: () => void;
}

/** Runs jobs one after the other; the first slice of an idle queue at once, the next ones each in a turn of its own. */
export function createSlices(timers: Timers, steady: () => number): Slices {
  const jobs: Job[] = [];
  let size = 32;
  let waiting: (() => void) | null = null;
  let running = false;

  const step = (): void => {
    waiting = null;
    const job = jobs[0];
    if (!job || running) return;
    running = true;
    const began = steady();
    let more = false;
    try {
      more = job(size);
    } finally {
      running = false;
    }
    const took = steady() - began;
    size = took > SLICE_MS ? Math.max(SMALLEST, Math.floor(size / 2)) : Math.min(LARGEST, size + Math.ceil(size / 4));
    if (!more && jobs[0] === job) jobs.shift();
    if (jobs.length > 0) waiting ??= timers.after(0, step);
  };

  return {
    add: (job) => {
      jobs.push(job);
      if (jobs.length === 1 && !waiting && !running) step();
    },
    clear: () => {
      jobs.length = 0;
      waiting?.();
      waiting = null;
    },
  };
}
