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
