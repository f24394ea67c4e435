/**
 * A number of years as it is typed, as the center takes it: null where nothing is. What is no whole number goes there as it
 * stands, to be refused at its field. Pure.
 */
export function yearsTyped(text: string): number | string | null {
  const typed = text.trim();
  if (typed === '') return null;
  return /^\d+$/.test(typed) ? Number(typed) : typed;
}
