/** How many units of an incident stand in its row, so that none is cut off and the rest are counted. Pure. */

/** What a tag takes beside its letters, in rem, and one letter of its type. */
const AROUND_REM = 1.375;
const LETTER_REM = 0.525;
const GAP_REM = 0.3125;
/** One letter of the count: `+12`. */
const COUNT_LETTER_REM = 0.57;

export interface TagsThatFit {
  /** One at least, however narrow. */
  readonly tags: number;
  /** There is no room for even that one, with the count of the rest: it gives up the air in it, for a count is never cut. */
  readonly tight: boolean;
}

/** `width` in rem. */
export function tagsThatFit(
  units: readonly { readonly callsign: string; readonly code: string }[],
  width: number,
): TagsThatFit {
  let used = 0;
  let fit = 0;
  for (const { callsign, code } of units) {
    used += (fit > 0 ? GAP_REM : 0) + AROUND_REM + LETTER_REM * (callsign.length + code.length);
    const rest = units.length - fit - 1;
    const count = rest > 0 ? GAP_REM + COUNT_LETTER_REM * `+${rest}`.length : 0;
    if (used + count > width) break;
    fit++;
  }
  return { tags: Math.min(units.length, Math.max(1, fit)), tight: fit === 0 && units.length > 0 };
}
