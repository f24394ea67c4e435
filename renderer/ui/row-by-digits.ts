/** The row that typed digits mean: the first whose number ends with them, else the first that contains them, else -1. Pure. */
export function rowByDigits(names: readonly string[], typed: string): number {
  const ends = names.findIndex((name) => name.endsWith(typed));
  return ends >= 0 ? ends : names.findIndex((name) => name.includes(typed));
}
