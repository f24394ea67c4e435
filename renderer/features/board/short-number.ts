/** An incident number without its year: what is typed in commands, and what fits where room is short. Pure. */
export function shortNumber(number: string): string {
  return number.replace(/^\d{2,4}-(?=.)/, '');
}

/**
 * A number in two: what gives way where room is short, and the end by which commands name it. Of one of a log without a lease
 * (`26-K3F-0001`, or `26-552934-0001`: what a log is told by may be digits alone) the former is the log's, of any other nothing.
 */
export function partsOfNumber(number: string, short: boolean): { readonly log: string; readonly end: string } {
  const whole = shortNumber(number);
  const year = short ? '' : number.slice(0, number.length - whole.length);
  const end = /(?<=.)-\d+$/.exec(whole)?.[0];
  return end === undefined ? { log: '', end: year + whole } : { log: year + whole.slice(0, -end.length), end };
}
