/**
 * When a run of wrong passwords pauses sign-in: 5 within 15 minutes, for 30 minutes from the last of them (ASVS 5.0, 6.3.1).
 * Counted apart for stations and for the API: nobody on the internet can lock a dispatcher out of a console.
 */
const WINDOW_MS = 15 * 60_000;
const PAUSE_MS = 30 * 60_000;
const ALLOWED = 5;

/** Times (ms UTC, oldest first) of wrong passwords of an account, and until when it is paused. */
export interface Failures {
  readonly times: readonly number[];
  readonly pausedUntil: number | null;
}

export const NO_FAILURES: Failures = { times: [], pausedUntil: null };

export function isPaused(failures: Failures, now: number): boolean {
  return failures.pausedUntil !== null && now < failures.pausedUntil;
}

/** After one more wrong password at `now`. While it is paused, further attempts change nothing. */
export function afterFailure(failures: Failures, now: number): Failures {
  if (isPaused(failures, now)) return failures;
  const times = [...failures.times.filter((time) => time > now - WINDOW_MS), now];
  return times.length >= ALLOWED ? { times: [], pausedUntil: now + PAUSE_MS } : { times, pausedUntil: null };
}
