/** Where the answer to what a line asks is typed. Pure. */

/**
 * The line with room for it, and what of it the next key replaces: after a space at the end, before the word that it is
 * missing at, or over the unclear one.
 */
export function roomForAnswer(
  line: string,
  answer: { readonly from: number; readonly to: number },
): { readonly line: string; readonly from: number; readonly to: number } {
  const { from, to } = answer;
  if (from === line.length && !/\s$/.test(line)) return { line: `${line} `, from: from + 1, to: from + 1 };
  if (from === to && from < line.length) return { line: `${line.slice(0, from)} ${line.slice(from)}`, from, to };
  return { line, from, to };
}
