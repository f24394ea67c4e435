const JOURNEY = /^J(\d{1,2})$/i;

/** `J2`: the number of one of a unit's journeys; null for any other word. Pure. */
export function journeyNamed(word: string): number | null {
  const n = JOURNEY.exec(word)?.[1];
  return n === undefined ? null : Number(n);
}
