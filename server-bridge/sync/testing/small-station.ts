/** A station of the model: what it holds is a counter for each log, and its network is what the sync decisions say of it. */
import { IDLE, type PageNote, type SyncState, type TimerName } from '../state.ts';

export interface Position {
  readonly log: string;
  readonly seq: number;
}

export interface Page extends PageNote {
  readonly items: readonly Position[];
}

export interface SmallStation {
  readonly name: string;
  state: SyncState;
  log: string;
  opened: number;
  own: Set<string>;
  held: Map<string, number>;
  known: Map<string, number>;
  epoch: string | null;
  cursor: number;
  line: number;
  greetings: number;
  /** Changes with each life, so that what was on its way to the one before is lost. */
  life: number;
  live: boolean;
  /** Counts openings and closings of the live channel: what was on its way on an earlier one is lost. */
  channel: number;
  timers: Set<TimerName>;
  pages: Map<number, Page>;
  /** Pages that it holds without having applied them. */
  kept: Set<number>;
  pageIds: number;
}

/** A new life of a station, with all that was on its disk in the one before and a log of its own. */
export function openedAfter(name: string, before?: SmallStation): SmallStation {
  const opened = (before?.opened ?? 0) + 1;
  const log = `${name}${opened}`;
  return {
    name,
    state: IDLE,
    log,
    opened,
    own: new Set([...(before?.own ?? []), log]),
    held: new Map([...(before?.held ?? []), [log, 1]]),
    known: new Map(before?.known ?? []),
    epoch: before?.epoch ?? null,
    cursor: before?.cursor ?? 0,
    line: 0,
    greetings: 0,
    life: (before?.life ?? 0) + 1,
    live: false,
    channel: 0,
    timers: new Set(),
    pages: new Map(),
    kept: new Set(),
    pageIds: 0,
  };
}

export const positions = (map: ReadonlyMap<string, number>): Position[] => [...map].map(([log, seq]) => ({ log, seq }));

export const unacknowledged = (s: SmallStation) =>
  positions(s.held)
    .filter(({ log, seq }) => seq > (s.known.get(log) ?? 0))
    .map(({ log, seq }) => ({ log, from: (s.known.get(log) ?? 0) + 1, through: seq, own: s.own.has(log) }));

/** Takes one fact of a log, which holds no gap. */
export function hold(s: SmallStation, log: string, seq: number): 'held' | 'next' | 'ahead' {
  const held = s.held.get(log) ?? 0;
  if (seq <= held) return 'held';
  if (seq > held + 1) return 'ahead';
  s.held.set(log, seq);
  return 'next';
}
