/** Waits until everyone has everything, as the consoles themselves say it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReachRow, TopicState } from '../../domain/bridge/topics.ts';
import { canonicalJson, type Json } from '../../domain/kernel/json.ts';
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
    const boards = house.stations.map((station) => rowsOf(station.board().state()));
    const unlike = boards.flatMap((board, i) =>
      differing(boards[0] ?? board, board).map((row) => `${row} at station ${i + 1}`),
    );
    const waits = rows.flatMap((row, i) =>
      row.center === 'reached' && row.factsWaiting === 0 && row.behind === 0
        ? []
        : [`station ${i + 1}: center ${row.center}, ${row.factsWaiting} facts to send, ${row.behind} to apply`],
    );
    if (waits.length === 0 && unlike.length > 0) waits.push(`the boards differ: ${unlike.slice(0, 3).join(', ')}`);
    const now = JSON.stringify([...(boards[0] ?? [])]);
    const same = now === before;
    before = now;
    steady = waits.length === 0 && same ? steady + 1 : 0;
    if (steady >= STEADY) return;
    if (Date.now() > deadline)
      throw new Error(`Not converged after ${Math.round(limitMs / 1000)} s: ${waits.join('; ')}`);
    await sleep(LOOK_MS);
  }
}

type Rows = ReadonlyMap<string, string>;

/** What two consoles show alike: every row of the board, as text in which the order of fields says nothing. */
function rowsOf(state: TopicState): Rows {
  return new Map(
    Object.entries(state).flatMap(([table, rows]) =>
      Object.entries(rows).map(([key, row]) => [`${table} ${key}`, canonicalJson(row)] as const),
    ),
  );
}

/** Rows that are not the same, with the first field that is not. */
function differing(one: Rows, other: Rows): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].flatMap((key) => {
    const [a, b] = [one.get(key), other.get(key)];
    if (a === b) return [];
    if (a === undefined || b === undefined) return [`${key} is ${a === undefined ? 'not at station 1' : 'missing'}`];
    const [left, right] = [JSON.parse(a), JSON.parse(b)] as { readonly [field: string]: Json }[];
    const field = Object.keys({ ...left, ...right }).find(
      (name) => canonicalJson(left?.[name] ?? null) !== canonicalJson(right?.[name] ?? null),
    );
    const said = [left, right].map((row) => canonicalJson(row?.[field ?? ''] ?? null).slice(0, 160));
    return [`${key}.${field} (${said.join(' against ')})`];
  });
}
