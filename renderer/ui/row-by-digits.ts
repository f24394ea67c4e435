/** The row that typed digits mean: the first whose number ends with them, else the first that contains them, else -1. Pure. */
export function rowByDigits(names: readonly string[], typed: string): number {
  const ends = names.findIndex((name) => name.endsWith(typed));
  return ends >= 0 ? ends : names.findIndex((name) => name.includes(typed));
}

/** Digits typed in one breath name a row together; one that leads to no row with those before it begins anew. Pure. */
export function digitsWith(names: readonly string[], before: string, digit: string): string {
  const together = before + digit;
  return rowByDigits(names, together) >= 0 ? together : digit;
}

/**
 * The row that a callsign means, typed a key at a time in one breath; `before` is what was typed of it so far. Its letters
 * count: `E36` is not M36, though `36` alone is the first of the two. `row` is -1 while no digit says which. Pure.
 */
export function callsignBy(
  callsigns: readonly string[],
  before: string,
  key: string,
): { readonly typed: string; readonly row: number } {
  const together = (before + key).toUpperCase();
  const exact = callsigns.indexOf(together);
  const begun = exact >= 0 ? exact : callsigns.findIndex((callsign) => callsign.startsWith(together));
  if (begun >= 0 && /\p{L}/u.test(together)) return { typed: together, row: /\d/.test(together) ? begun : -1 };
  if (!/\d/.test(key)) return { typed: key.toUpperCase(), row: -1 };
  const typed = digitsWith(callsigns, before.replace(/^.*\D/, ''), key);
  return { typed, row: rowByDigits(callsigns, typed) };
}
