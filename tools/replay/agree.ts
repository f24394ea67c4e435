/** When everything that was played is everywhere, and what came of it. */
import type { IncidentRow, ReachRow, TopicState, UnitRow } from '../../domain/bridge/topics.ts';
import type { CenterApi } from '../center-api/center-api.ts';
import { runsOwed, runsToGo } from './read-center.ts';
import type { Room } from './room.ts';

/** How soon the center is asked again, ms; and after how many times as long as it took to answer, as it makes the records itself. */
const ASK_MS = 200;
const LET_BE = 3;
/** How often one hears what is still on its way, and after how long without a move it is given up. ms */
const TELL_MS = 10_000;
const STUCK_MS = 120_000;

const reachOf = (state: TopicState): ReachRow | undefined =>
  Object.values(state.reach ?? {})[0] as unknown as ReachRow | undefined;

/** Facts, requests and rows of the stream that are still on their way; null while it does not reach the center. */
function onTheWay(row: ReachRow | undefined): number | null {
  return row?.center === 'reached' ? row.factsWaiting + row.requestsWaiting + row.behind : null;
}

/**
 * Until neither station has anything that the center lacks, nor lacks anything that it has; told of as long as it takes.
 * Rejects where nothing has moved for two minutes.
 */
export async function converged(room: Room, say: (what: string) => void): Promise<void> {
  for (const [name, bridge] of [
    ['the first station', room.player],
    ['the second station', room.listener],
  ] as const) {
    const reach = await bridge.watch('reach');
    let before: number | null = null;
    let moved = performance.now();
    for (let left = onTheWay(reachOf(reach.state())); left !== 0; left = onTheWay(reachOf(reach.state()))) {
      if (left !== before) moved = performance.now();
      if (performance.now() - moved > STUCK_MS || bridge.closed()) {
        const why = left === null ? 'does not reach the center' : `and the center still differ by ${left} facts`;
        throw new Error(`For two minutes nothing has moved: ${name} ${why}.`);
      }
      before = left;
      const word = reach.until((state) => onTheWay(reachOf(state)) === 0, TELL_MS, name);
      await word.catch(() => say(`${name}: ${left === null ? 'reaching the center' : `${left} facts to go`}`));
    }
    reach.stop();
  }
}

/** What time is made of, and passes. ms */
export interface Waiting {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/**
 * Until the center has made its run records, which it does in its own time, or owes none any more: what it has not then, it will not
 * make. Where it owes some and makes none for two minutes, no longer.
 */
export async function handedOff(
  api: Pick<CenterApi, 'all' | 'get'>,
  say: (what: string) => void,
  { now: clock, sleep }: Waiting,
): Promise<void> {
  let fewest = Number.POSITIVE_INFINITY;
  let last = clock();
  let told = last;
  for (;;) {
    const asked = clock();
    // Asked before what there is: whatever was owed then is among that.
    const owed = await runsOwed(api);
    const left = await runsToGo(api);
    const now = clock();
    if (left < fewest) last = now;
    fewest = Math.min(fewest, left);
    if (left === 0 || owed === 0 || now - last > STUCK_MS) return;
    if (now - told > TELL_MS / 2) {
      say(`the center: ${left} run records to go`);
      told = now;
    }
    await sleep(Math.max(ASK_MS, LET_BE * (now - asked)));
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
