/** A center of the model: one stream, the head of each log, and an epoch that a restore changes. */
import { type Page, type Position, positions, type SmallStation, unacknowledged } from './small-station.ts';

/** Facts that a page holds at most, and that one push carries. */
const PAGE = 3;
const PUSH = 2;

export interface SmallCenter {
  up: boolean;
  epoch: string;
  heads: Map<string, number>;
  stream: Position[];
}

export const newCenter = (): SmallCenter => ({ up: true, epoch: 'e1', heads: new Map(), stream: [] });

/** What it lacks of what a station offers. */
export const wantsOf = (center: SmallCenter, offered: ReadonlyMap<string, number>) =>
  positions(offered)
    .filter(({ log, seq }) => seq > (center.heads.get(log) ?? 0))
    .map(({ log }) => ({ log, from: (center.heads.get(log) ?? 0) + 1 }));

export const itemsAfter = (center: SmallCenter, from: number, limit: number): Page['items'] =>
  center.stream.slice(from, from + Math.min(PAGE, limit));

/** What a push of these logs carries: as much as it has room for. */
export function runsOf(
  s: SmallStation,
  logs: readonly { readonly log: string; readonly from: number }[],
): readonly Run[] {
  let room = PUSH;
  const runs: Run[] = [];
  for (const { log, from } of logs) {
    if (room === 0) break;
    const to = Math.min(s.held.get(log) ?? 0, from + room - 1);
    room -= to - from + 1;
    runs.push({ log, from, to });
  }
  return runs;
}

interface Run {
  readonly log: string;
  readonly from: number;
  readonly to: number;
}

/** Takes a push. `first`: where in its stream what is new begins. */
export function takeIn(center: SmallCenter, runs: readonly Run[]) {
  const acks: { log: string; seq: number }[] = [];
  const problems: { log: string; why: string; from?: number }[] = [];
  const first = center.stream.length;
  for (const { log, from, to } of runs) {
    const head = center.heads.get(log) ?? 0;
    if (from > head + 1) {
      problems.push({ log, why: 'ahead', from: head + 1 });
      continue;
    }
    for (let seq = Math.max(from, head + 1); seq <= to; seq++) center.stream.push({ log, seq });
    center.heads.set(log, Math.max(head, to));
    acks.push({ log, seq: Math.max(head, to) });
  }
  return { epoch: center.epoch, first, acks, problems };
}

/** From a backup with the first facts of its stream, as many as `keep` says. */
export function restore(center: SmallCenter, keep: number): void {
  center.up = true;
  center.epoch = `e${Number(center.epoch.slice(1)) + 1}`;
  center.stream = center.stream.slice(0, keep % (center.stream.length + 1));
  center.heads = new Map();
  for (const { log, seq } of center.stream) center.heads.set(log, seq);
}

/** Whether nothing differs between it and a station. */
export const isTogether = (center: SmallCenter, s: SmallStation): boolean =>
  s.state.center === 'up' &&
  s.cursor === center.stream.length &&
  s.epoch === center.epoch &&
  unacknowledged(s).length === 0 &&
  [...s.held].every(([log, seq]) => center.heads.get(log) === seq) &&
  s.held.size === center.heads.size;
