/** An incident number without its year: what is typed in commands, and what fits where room is short. Pure. */
export function shortNumber(number: string): string {
  return number.replace(/^\d{2,4}-(?=.)/, '');
}
