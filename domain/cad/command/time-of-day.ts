/** Times as they are typed: a time of day, of the day that it can be of. */

/** A time ahead of the clock by more than this belongs to the day before, ms: clocks on a wall and on a wrist differ. */
export const AHEAD = 120_000;

/** `1402`, `14:02`, `140207`, `14:02:07` as ms since midnight; null where it is not a time of day. */
export function timeOfDay(text: string): number | null {
  const match = /^(\d{1,2}):?(\d{2})(?::?(\d{2}))?$/.exec(text);
  if (!match) return null;
  const [hours, minutes, seconds] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
