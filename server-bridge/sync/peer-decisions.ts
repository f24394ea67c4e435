/** The half of the sync decisions that faces the other stations of the site. Invariants: decide.ts. */
import { arm, armOnce, ask, type Draft, logOf, noting, setAllLogs, setLog } from './draft.ts';
import {
  LONGEST_LOG_ID,
  type LogState,
  MOST_LOGS,
  type Position,
  SWEEPS_PER_FULL,
  type SyncEvent,
  TIMES,
} from './state.ts';

type Of<T extends SyncEvent['t']> = Extract<SyncEvent, { readonly t: T }>;

/** Peers that need facts from here: all of them while the center is not surely reached, else those that do not reach it. */
function needing(d: Draft): string[] {
  const sure = d.s.center === 'up';
  return [...d.s.peers].filter(([, peer]) => peer.said && !(sure && peer.centerReached)).map(([station]) => station);
}

function tellEvery(d: Draft): number {
  return Math.max(TIMES.tell, TIMES.tellPerPeer * d.s.peers.size);
}

/** Sends what a peer is not known to hold of a log. A link keeps order, so what is sent counts as known. */
function offer(d: Draft, station: string, log: string): void {
  const state = logOf(d, log);
  const known = state.knows.get(station) ?? 0;
  if (state.held <= known) return;
  ask(d, { do: 'sendFrames', peer: station, log, from: known + 1, to: state.held });
  setLog(d, log, { knows: noting(state.knows, station, state.held), told: noting(state.told, station, state.held) });
}

function offerWhere(d: Draft, station: string, which: (state: LogState) => boolean): void {
  for (const [log, state] of d.s.logs)
    if (state.held > (state.knows.get(station) ?? 0) && which(state)) offer(d, station, log);
}

/** Says through where logs are held here: those that changed since it was last said, or all. */
function tell(d: Draft, station: string, which: 'changed' | 'unacknowledged' | 'all'): void {
  const logs: Position[] = [];
  for (const [log, state] of d.s.logs) {
    const due =
      which === 'all'
        ? state.held > 0
        : which === 'changed'
          ? state.held > (state.told.get(station) ?? 0)
          : state.held > state.acked;
    if (!due) continue;
    logs.push({ log, seq: state.held });
    if (state.told.get(station) !== state.held) setLog(d, log, { told: noting(state.told, station, state.held) });
  }
  ask(d, { do: 'sendHeads', peer: station, logs, centerReached: d.s.center === 'up' });
}

/** The center may be gone: peers get at once whatever it has not acknowledged of this station's own, and hear how things are. */
export function centerLost(d: Draft): void {
  for (const [station, peer] of d.s.peers) {
    if (!peer.said) continue;
    tell(d, station, 'changed');
    for (const [log, state] of d.s.logs) {
      if (!state.own || state.held <= state.acked) continue;
      if (state.acked > (state.knows.get(station) ?? 0))
        setLog(d, log, { knows: noting(state.knows, station, state.acked) });
      offer(d, station, log);
    }
  }
  if (d.s.peers.size > 0) armOnce(d, 'sweep', TIMES.sweep);
}

export function centerReached(d: Draft): void {
  for (const station of d.s.peers.keys()) tell(d, station, 'changed');
}

/** More of these logs is held than before, by `from` (a peer) or by the stream. */
export function heldMore(d: Draft, logs: readonly string[], from: string | null): void {
  const others = needing(d).filter((station) => station !== from);
  if (others.length === 0 || logs.length === 0) return;
  const every = tellEvery(d);
  armOnce(d, 'tell', every);
  armOnce(d, 'relay', Math.ceil(every * (2.5 + d.luck)));
}

export function localAppended(d: Draft, event: Of<'localAppended'>): void {
  const state = logOf(d, event.log);
  if (event.seq <= state.held) return;
  setLog(d, event.log, { held: event.seq, own: true });
  for (const station of needing(d)) offer(d, station, event.log);
}

export function peerUp(d: Draft, station: string): void {
  forget(d, station);
  d.s.peers = new Map(d.s.peers).set(station, { said: false, centerReached: false });
  tell(d, station, 'all');
}

export function peerDown(d: Draft, station: string): void {
  const peers = new Map(d.s.peers);
  peers.delete(station);
  d.s.peers = peers;
  forget(d, station);
}

function forget(d: Draft, station: string): void {
  const without = (map: ReadonlyMap<string, number>): ReadonlyMap<string, number> => {
    const next = new Map(map);
    next.delete(station);
    return next;
  };
  if (![...d.s.logs.values()].some((state) => state.knows.has(station) || state.told.has(station))) return;
  setAllLogs(d, (_, state) => ({ ...state, knows: without(state.knows), told: without(state.told) }));
  // A log that only it spoke of is forgotten with it.
  d.s.logs = new Map([...d.s.logs].filter(([, { held, own, knows }]) => held > 0 || own || knows.size > 0));
}

/**
 * Heads say exactly what a peer holds of the logs they name. What it lacks of this station's own logs goes at once; the
 * rest after a short chance wait, by when another peer may have sent it.
 */
export function peerMessage(d: Draft, event: Of<'peerMessage'>): void {
  const { station } = event;
  if (!d.s.peers.has(station)) return;
  d.s.peers = new Map(d.s.peers).set(station, { said: true, centerReached: event.centerReached });
  for (const { log, seq } of event.logs) {
    if (!d.s.logs.has(log) && (d.s.logs.size >= MOST_LOGS || log.length > LONGEST_LOG_ID)) continue;
    const state = logOf(d, log);
    if (state.knows.get(station) !== seq) setLog(d, log, { knows: noting(state.knows, station, seq) });
  }
  if (!needing(d).includes(station)) return;
  armOnce(d, 'sweep', TIMES.sweep);
  const alone = d.s.peers.size === 1;
  offerWhere(d, station, (state) => alone || state.own);
  for (const state of d.s.logs.values())
    if (state.held > (state.knows.get(station) ?? 0)) {
      armOnce(d, 'relay', Math.ceil(d.luck * 30 * d.s.peers.size));
      break;
    }
}

/** Frames of a peer are on disk: the center is told of them in time, and so are other peers. */
export function peerFrames(d: Draft, event: Of<'peerFrames'>): void {
  const more: string[] = [];
  for (const { log, seq } of event.held) {
    const state = logOf(d, log);
    const knows = (state.knows.get(event.station) ?? 0) < seq ? noting(state.knows, event.station, seq) : state.knows;
    if (seq > state.held) more.push(log);
    const held = Math.max(state.held, seq);
    setLog(d, log, { held, knows, wanted: !state.own && held > state.acked });
  }
  heldMore(d, more, event.station);
  if (event.ahead.length === 0 || !d.s.peers.has(event.station)) return;
  // What was sent does not continue what is held here: say where it must begin.
  ask(d, {
    do: 'sendHeads',
    peer: event.station,
    logs: event.ahead.map((log) => ({ log, seq: logOf(d, log).held })),
    centerReached: d.s.center === 'up',
  });
}

export function tellTime(d: Draft): void {
  for (const station of needing(d))
    if ([...d.s.logs.values()].some((state) => state.held > (state.told.get(station) ?? 0)))
      tell(d, station, 'changed');
}

export function relayTime(d: Draft): void {
  for (const station of needing(d)) offerWhere(d, station, () => true);
}

export function sweepTime(d: Draft): void {
  const stations = needing(d);
  if (stations.length === 0) return;
  arm(d, 'sweep', TIMES.sweep);
  d.s.sweeps = (d.s.sweeps + 1) % SWEEPS_PER_FULL;
  for (const station of stations) tell(d, station, d.s.sweeps === 0 ? 'all' : 'unacknowledged');
}
