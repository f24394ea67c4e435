/** Waits before the station is started again after its first, second … death in a row, ms; the last is kept to. */
const WAITS = [100, 250, 500, 1_000, 2_000, 5_000, 10_000];
/** A station that ran this long has recovered, and its next death is a first one again. */
const RECOVERED_MS = 60_000;

export interface Deaths {
  readonly inARow: number;
}
export const NO_DEATHS: Deaths = { inARow: 0 };

/** What to do after a death: how long to wait, and what to remember. Pure. */
export function afterDeath(before: Deaths, ranMs: number): { readonly waitMs: number; readonly deaths: Deaths } {
  const inARow = ranMs >= RECOVERED_MS ? 1 : before.inARow + 1;
  return { waitMs: WAITS[Math.min(inARow, WAITS.length) - 1] ?? 10_000, deaths: { inARow } };
}
