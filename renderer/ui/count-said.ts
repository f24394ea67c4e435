/** How many a list shows, and of how many where a filter hides some: `21`, `3 of 21`. Pure. */
export function countSaid(shown: number, all: number | string, filtered: boolean): string {
  return filtered ? `${shown} of ${all}` : String(all);
}
