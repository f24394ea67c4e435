/** The decisions' timers by name: of each at most one runs, and setting it again puts it off. */
import type { Timers } from './ports.ts';
import type { TimerName } from './state.ts';

export interface Alarms {
  /** `ms` from now. */
  readonly arm: (name: TimerName, ms: number) => void;
  readonly disarm: (name: TimerName) => void;
  /** None of them rings any more. */
  readonly close: () => void;
}

export function createAlarms(timers: Timers, rung: (name: TimerName) => void): Alarms {
  const running = new Map<TimerName, () => void>();
  const disarm = (name: TimerName): void => {
    running.get(name)?.();
    running.delete(name);
  };
  return {
    arm: (name, ms) => {
      disarm(name);
      const ring = (): void => {
        running.delete(name);
        rung(name);
      };
      running.set(name, timers.after(ms, ring));
    },
    disarm,
    close: () => {
      for (const stop of running.values()) stop();
      running.clear();
    },
  };
}
