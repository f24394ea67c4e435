import type { Timers } from './ports.ts';

/** Timers of the machine. None of them keeps the process alive. */
export const systemTimers: Timers = {
  after: (ms, run) => {
    if (ms <= 0) {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(run, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
