/** `restock 20` as a reason and the minutes until it is over. Pure. */
export function reasonAndMinutes(typed: string): { readonly reason: string; readonly minutes: number | null } {
  const parts = /^(.*?)\s+(\d{1,3})$/.exec(typed.trim());
  return parts ? { reason: parts[1] ?? '', minutes: Number(parts[2]) } : { reason: typed.trim(), minutes: null };
}
