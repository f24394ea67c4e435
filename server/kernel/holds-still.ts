/**
 * Whether what was to hold until then, for `lifeMs` at most, still does now. A clock that is set back lengthens nothing: what would
 * hold beyond its life was begun by a clock that was ahead, and is over.
 */
export function holdsStill(until: number, now: number, lifeMs: number): boolean {
  return until > now && until <= now + lifeMs;
}
