import type { Timers } from '../ports.ts';

export interface TimersByHand {
  readonly timers: Timers;
  /** Runs what waits; after how long it was to run, ms, or null where nothing does. */
  readonly turn: () => number | null;
}

/** Timers of which one waits at a time, and runs when the test says so. */
export function timersByHand(): TimersByHand {
  let armed: { readonly ms: number; readonly run: () => void } | null = null;
  return {
    timers: {
      after: (ms, run) => {
        armed = { ms, run };
        return () => {
          armed = null;
        };
      },
    },
    turn: () => {
      const due = armed;
      armed = null;
      due?.run();
      return due?.ms ?? null;
    },
  };
}
