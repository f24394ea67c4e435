/**
 * When a run of wrong passwords pauses sign-in: 5 within 15 minutes, for 30 minutes from the last of them (ASVS 5.0, 6.3.1),
 * unless the organisation's policy says otherwise. Counted apart for stations and for the API: nobody on the internet can
 * lock a dispatcher out of a console. A station without the center counts for itself, by the same rule.
 */
import type { Policy } from './policy.ts';

const MINUTE_MS = 60_000;

/** Times (ms UTC, oldest first) of wrong passwords of an account, and until when it is paused. */
export interface Failures {
  readonly times: readonly number[];
  readonly pausedUntil: number | null;
}

export const NO_FAILURES: Failures = { times: [], pausedUntil: null };

/** Whether no password is looked at. `now` in ms UTC. */
export function isPaused(failures: Failures, now: number): boolean {
  return failures.pausedUntil !== null && now < failures.pausedUntil;
}

/** After one more wrong password at `now`. While it is paused, further attempts change nothing. */
export function afterFailure(failures: Failures, now: number, by: Policy['lockout']): Failures {
  if (isPaused(failures, now)) return failures;
  const times = [...failures.times.filter((time) => time > now - by.windowMinutes * MINUTE_MS), now];
  return times.length >= by.tries
    ? { times: [], pausedUntil: now + by.pauseMinutes * MINUTE_MS }
    : { times, pausedUntil: null };
}
