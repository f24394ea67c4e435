/** When everything that was played is everywhere, and what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { IncidentRow, ReachRow, TopicState, UnitRow } from '../../domain/bridge/topics.ts';
import type { CenterApi } from '../center-api/center-api.ts';
import { isBehind } from './held.ts';
import { type HeldByCenter, readCenter } from './read-center.ts';
import type { Room } from './room.ts';

/** Without one more run record. ms */
const HAND_OFF_MS = 15_000;

const reachOf = (state: TopicState): ReachRow | undefined =>
  Object.values(state.reach ?? {})[0] as unknown as ReachRow | undefined;

/** Until neither station has anything that the center lacks, nor lacks anything that it has. Rejects after two minutes. */
export async function converged(room: Room): Promise<void> {
  for (const [name, bridge] of [
    ['the first station', room.player],
    ['the second station', room.listener],
  ] as const) {
    const reach = await bridge.watch('reach');
    await reach.until(
      (state) => {
        const row = reachOf(state);
        return row?.center === 'reached' && row.factsWaiting === 0 && row.requestsWaiting === 0 && row.behind === 0;
      },
      120_000,
      `${name} and the center to agree`,
    );
    reach.stop();
  }
}

/** What the center holds once it has made its run records, which it does in its own time; or has made no more for a while. */
export async function readHandedOff(api: CenterApi): Promise<HeldByCenter> {
  let fewest = Number.POSITIVE_INFINITY;
  let last = performance.now();
  for (;;) {
    const center = await readCenter(api);
    const behind = center.rows.filter(isBehind).length;
    if (behind < fewest) last = performance.now();
    fewest = Math.min(fewest, behind);
    if (behind === 0 || performance.now() - last > HAND_OFF_MS) return center;
    await sleep(1_000);
  }
}

/** Conflicts and contested values that the second station shows. */
export async function conflictsAt(room: Room): Promise<number> {
  const board = await room.listener.watch('board');
  const rows = Object.values(board.state()).flatMap((table) => Object.values(table)) as unknown as (
    | IncidentRow
    | UnitRow
  )[];
  board.stop();
  return rows.reduce((sum, row) => sum + row.conflicts.length + row.contested.length, 0);
}
