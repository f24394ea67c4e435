/** How many units of an incident stand in its row, so that none is cut off and the rest are counted. Pure. */

/** What a tag takes beside its letters, in rem, and one letter of its type. */
const AROUND_REM = 1.375;
const LETTER_REM = 0.525;
const GAP_REM = 0.3125;
/** `+12` */
const COUNT_REM = 2;

/** `width` in rem. One at least, however narrow. */
export function tagsThatFit(
  units: readonly { readonly callsign: string; readonly code: string }[],
  width: number,
): number {
  let used = 0;
  let fit = 0;
  for (const { callsign, code } of units) {
    used += (fit > 0 ? GAP_REM : 0) + AROUND_REM + LETTER_REM * (callsign.length + code.length);
    const rest = fit + 1 < units.length ? GAP_REM + COUNT_REM : 0;
    if (used + rest > width) break;
    fit++;
  }
  return Math.min(units.length, Math.max(1, fit));
}
