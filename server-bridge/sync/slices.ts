/**
 * Incoming facts are taken in slices, so that an action of a window never waits long behind them (DESIGN §6). Each slice is a
 * commit of its own: where nobody has been at work here for a while, fewer and longer ones catch up in less time.
 */
import type { Timers } from './ports.ts';

/** A slice should take this long while somebody works here, and while nobody does: less than a frame of the screen. ms */
const SLICE_MS = 4;
const IDLE_SLICE_MS = 15;
/** Nothing was done here for so long. ms */
const IDLE_AFTER = 1_000;
const SMALLEST = 32;
const LARGEST = 500;

/** Takes the next `size` items of its work; false once nothing is left. */
export type Job = (size: number) => boolean;

export interface Slices {
  /** Queues a job; nothing of it is done before {@link Slices.begin} or the end of those before it. */
  readonly add: (job: Job) => void;
  /** Takes the first slice of a queue that was empty, at once. */
  readonly begin: () => void;
  /** Somebody works here. */
  readonly acted: () => void;
  /** Forgets the jobs that wait. */
  readonly clear: () => void;
}

/** Runs jobs one after the other, each slice but the first of them in a turn of its own. */
export function createSlices(timers: Timers, steady: () => number): Slices {
  const jobs: Job[] = [];
  let size = SMALLEST;
  let actedAt = Number.NEGATIVE_INFINITY;
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
    const most = began - actedAt > IDLE_AFTER ? IDLE_SLICE_MS : SLICE_MS;
    // One that was held up by something else says little of its size: not less than half of it.
    size =
      took > most
        ? Math.max(SMALLEST, Math.floor(size * Math.max(most / took, 0.5)))
        : Math.min(LARGEST, size + Math.ceil(size / 4));
    if (!more && jobs[0] === job) jobs.shift();
    if (jobs.length > 0) waiting ??= timers.after(0, step);
  };

  return {
    add: (job) => void jobs.push(job),
    begin: () => {
      if (jobs.length > 0 && !waiting && !running) step();
    },
    acted: () => {
      if (steady() - actedAt > IDLE_AFTER) size = SMALLEST;
      actedAt = steady();
    },
    clear: () => {
      jobs.length = 0;
      waiting?.();
      waiting = null;
    },
  };
}
