/** Whether the wall clock was set while nobody asked the center for the time. */
import type { Clock } from '../../domain/kernel/ids.ts';

/** The wall clock moved against the steady one by this much: measure it against the center again. ms */
const CLOCK_JUMP = 500;

export interface ClockJumps {
  /** True once after the wall clock jumped. */
  readonly jumped: () => boolean;
  /** It has just been measured against the center: jumps count from here. */
  readonly measured: () => void;
}

/** `clock` in ms UTC, may jump; `steady` in ms, never does. */
export function createClockJumps(clock: Clock, steady: () => number): ClockJumps {
  let against = clock() - steady();
  const measured = (): void => {
    against = clock() - steady();
  };
  return {
    measured,
    jumped: () => {
      if (Math.abs(clock() - steady() - against) <= CLOCK_JUMP) return false;
      measured();
      return true;
    },
  };
}
