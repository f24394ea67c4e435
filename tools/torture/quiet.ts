/** Waits until everyone has everything, as the consoles themselves say it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReachRow } from '../../domain/bridge/topics.ts';
import type { House } from './house.ts';

const LOOK_MS = 250;
/** So often in a row has nothing to be waiting, for a page may be under way between two looks. */
const STEADY = 6;

/** Rejects after `limitMs`, saying who waits for what. */
export async function untilConverged(house: House, limitMs: number): Promise<void> {
  const reaches = await Promise.all(house.stations.map((station) => station.bridge().watch('reach')));
  const deadline = Date.now() + limitMs;
  let steady = 0;
  let before = '';
  for (;;) {
    const rows = reaches.map((reach) => reach.state().reach?.reach as unknown as ReachRow);
    const boards = house.stations.map((station) => boardText(station.board().state()));
    const waits = rows.flatMap((row, i) =>
      row.center === 'reached' && row.factsWaiting === 0 && row.behind === 0
        ? []
        : [`station ${i + 1}: center ${row.center}, ${row.factsWaiting} facts to send, ${row.behind} to apply`],
    );
    if (waits.length === 0 && boards.some((text) => text !== boards[0])) waits.push('the boards differ');
    const same = boards[0] === before;
    before = boards[0] ?? '';
    steady = waits.length === 0 && same ? steady + 1 : 0;
    if (steady >= STEADY) return;
    if (Date.now() > deadline)
      throw new Error(`Not converged after ${Math.round(limitMs / 1000)} s: ${waits.join('; ')}`);
    await sleep(LOOK_MS);
  }
}

/** What two consoles show alike: all of the board. */
function boardText(state: { readonly [table: string]: { readonly [key: string]: unknown } }): string {
  return JSON.stringify(
    Object.entries(state)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([table, rows]) => [table, Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1))]),
  );
}
