/** A week: a longer time is a slip. */
export const MOST_MINUTES = 10_080;

/** `restock 20` as a reason and the minutes until it is over; a number alone is a reason, as it was typed. Pure. */
export function reasonAndMinutes(typed: string): { readonly reason: string; readonly minutes: number | null } {
  const parts = /^(.*?)\s+(\d{1,5})$/.exec(typed.trim());
  return parts ? { reason: parts[1] ?? '', minutes: Number(parts[2]) } : { reason: typed.trim(), minutes: null };
}

/** The same of a hold, which needs no reason: a number alone is minutes. Pure. */
export function holdTyped(typed: string): { readonly reason: string; readonly minutes: number | null } {
  return /^\d{1,5}$/.test(typed.trim()) ? { reason: '', minutes: Number(typed) } : reasonAndMinutes(typed);
}
