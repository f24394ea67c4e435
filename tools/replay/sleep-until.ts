/** The longest that one timer waits, 24.8 days: a longer one would end at once. ms */
const LONGEST = 2_147_483_647;

/** Sleeps until `now` says `due` (ms), however far off that is. Resolves at once where it has passed. */
export async function sleepUntil(
  due: number,
  now: () => number,
  sleep: (ms: number) => Promise<unknown>,
): Promise<void> {
  for (let left = due - now(); left > 0; left = due - now()) await sleep(Math.min(left, LONGEST));
}
