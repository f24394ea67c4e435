/** What each step of the model is held to: the invariants by the numbers that `decide.ts` gives them. */
import { PUSHES, type Run, type SyncEffect, type SyncEvent, type SyncState, TIMES } from '../state.ts';
import type { Delivery } from './on-its-way.ts';
import type { SmallStation } from './small-station.ts';

class Broken extends Error {}

export function must(holds: boolean, what: string): void {
  if (!holds) throw new Broken(what);
}

/** What a station appends while the center is not up goes to every peer that has said what it holds. */
export function appendIsTold(before: SyncState, event: SyncEvent, effects: readonly SyncEffect[]): void {
  if (event.t !== 'localAppended' || before.center === 'up') return;
  for (const [peer, { said }] of before.peers)
    must(
      !said ||
        effects.some((e) => e.do === 'sendFrames' && e.peer === peer && e.log === event.log && e.to === event.seq),
      '8: append to peers',
    );
}

/** One effect, before it is performed. `flying`: what of a kind is on its way for the station. */
export function effectMay(
  s: SmallStation,
  before: SyncState,
  effect: SyncEffect,
  flying: (what: Delivery['what']) => readonly Delivery[],
): void {
  const up = s.state.center === 'up';
  if (['pull', 'push', 'openLive', 'fetchSnapshot', 'sendRequests', 'recount'].includes(effect.do))
    must(up, `2: ${effect.do} while ${s.state.center}`);
  if (effect.do === 'hello') must(flying('hello').length === 0, '1: two greetings');
  if (effect.do === 'pull') must(flying('pull').length === 0, '1: two pulls');
  if (effect.do === 'pull' || effect.do === 'push') must(s.epoch === s.state.epoch, '4: before the epoch began');
  if (effect.do === 'push') {
    const pushes = flying('push').flatMap(({ push }) => push ?? []);
    must(pushes.filter(({ lane }) => lane === effect.lane).length < PUSHES, '1: too many pushes');
    const named = new Set(effect.logs.map(({ log }) => log));
    must(
      !pushes.some(({ lane, logs }) => lane !== effect.lane && logs.some((log) => named.has(log))),
      '1: a log in both lanes',
    );
    for (const { log, from } of effect.logs) {
      const { acked = 0, held = 0 } = s.state.logs.get(log) ?? {};
      const onTheirWay = s.state.pushing[effect.lane].flatMap(({ id, runs }) =>
        id === effect.push ? [] : (runs.get(log) ?? []),
      );
      const follows = (end: number, run: Run): number => (run.from <= end + 1 ? Math.max(end, run.through ?? 0) : end);
      must(from > acked && from <= onTheirWay.reduce(follows, acked) + 1, `7: ${log} pushed from ${from}`);
      must(from <= held, `7: ${log} is not held from ${from}`);
    }
  }
  if (effect.do === 'arm') {
    must(effect.ms <= TIMES.refusedRetry && effect.ms >= 0, '5: wait');
    if (effect.timer === 'hello') must(effect.ms <= TIMES.retryMost && effect.ms >= TIMES.retryFirst / 2, '5: backoff');
  }
  if (effect.do === 'sendFrames') {
    const known = before.logs.get(effect.log)?.knows.get(effect.peer) ?? 0;
    must(
      effect.from >= 1 && effect.from <= effect.to && effect.to <= (s.held.get(effect.log) ?? 0),
      '8: frames not held',
    );
    must(known < effect.to || effect.from <= known, '8: known to be held');
  }
}

/** The state after all effects of an event. */
export function stateHolds(s: SmallStation): void {
  const { state } = s;
  if (state.center === 'up') {
    must(state.armed.has('check'), '5: check armed');
    const lacking = [...state.logs].some(
      ([log, s]) => s.own && !s.stuck && s.held > s.acked && !state.pushing.rest.some(({ runs }) => runs.has(log)),
    );
    const failing = state.failing.push > 1 && state.armed.has('again');
    must(!lacking || state.pushing.own.length > 0 || failing, '6: own facts wait');
  } else must(state.greeting || state.armed.has('hello'), '5: nobody greets');
  must([...state.armed].every((timer) => s.timers.has(timer)) && s.timers.size === state.armed.size, 'timers differ');
  must(state.cursor <= state.fetched, '3: cursor past what was fetched');
  must(state.kept.every(({ id }) => s.kept.has(id)) && s.kept.size === state.kept.length, '3: other pages are kept');
  state.kept.reduce((end, { from, to }, i) => {
    must(i === 0 ? from > end : from === end, '3: what is kept does not go on');
    return to;
  }, state.fetched);
}
