/**
 * What is pushed to the center, and what its answers say of it. Invariants: decide.ts.
 *
 * Of a lane several pushes are on their way at a time, and each goes on in a log where the one before it ends: what is appended
 * meanwhile does not wait for an answer, which may be long in coming, and a backlog not for a round trip a push. One that overtakes the one it goes on from is told
 * that it is ahead; then nothing more of that log is pushed until all of it that is on its way is answered, and it begins
 * again after what is acknowledged.
 */
import { arm, ask, type Draft, logOf, setLog } from './draft.ts';
import { succeeded, waits } from './failing.ts';
import {
  type Flight,
  type Lane,
  type LogState,
  PUSH_PACE,
  PUSHES,
  type Run,
  type SyncEvent,
  TIMES,
  WORTH_A_PUSH,
} from './state.ts';

type Of<T extends SyncEvent['t']> = Extract<SyncEvent, { readonly t: T }>;

const OTHER: { readonly [lane in Lane]: Lane } = { own: 'rest', rest: 'own' };

const carried = (state: LogState): boolean => !state.own && state.wanted;

/** From where a log is pushed on, behind what is on its way; null where that is not known yet. */
function nextOf(flights: readonly Flight[], log: string, { acked, overtaken }: LogState): number | null {
  let next = acked + 1;
  for (const { runs } of flights) {
    const run = runs.get(log);
    if (!run) continue;
    if (overtaken || run.through === null || run.from > next) return null;
    next = Math.max(next, run.through + 1);
  }
  return next;
}

function push(d: Draft, lane: Lane, eligible: (state: LogState) => boolean): void {
  const flights = d.s.pushing[lane];
  if (flights.length >= PUSHES) return;
  const others = d.s.pushing[OTHER[lane]];
  const logs: { log: string; from: number }[] = [];
  let facts = 0;
  for (const [log, state] of d.s.logs) {
    if (state.held <= state.acked || state.stuck || !eligible(state) || others.some(({ runs }) => runs.has(log)))
      continue;
    const from = nextOf(flights, log, state);
    if (from === null || from > state.held) continue;
    logs.push({ log, from });
    facts += state.held - from + 1;
  }
  if (logs.length === 0) return;
  const pressing = flights.length === 0 || facts >= WORTH_A_PUSH || (lane === 'own' && !d.s.armed.has('push'));
  if (!pressing) return;
  // The newest log first: it may declare gaps that the older ones need.
  logs.reverse();
  const runs = new Map<string, Run>();
  for (const { log, from } of logs) {
    const first = !flights.some((flight) => flight.runs.has(log));
    runs.set(log, { from, through: null, first });
    if (first && logOf(d, log).overtaken) setLog(d, log, { overtaken: false });
  }
  const id = ++d.s.pushes;
  setFlights(d, lane, [...flights, { id, runs }]);
  if (lane === 'own') arm(d, 'push', PUSH_PACE);
  ask(d, { do: 'push', lane, push: id, logs });
}

function setFlights(d: Draft, lane: Lane, flights: readonly Flight[]): void {
  d.s.pushing = { ...d.s.pushing, [lane]: flights };
}

/** A push was made: what of each log it had room for is on its way. */
export function pushLeft(d: Draft, { lane, push: id, through }: Of<'pushLeft'>): void {
  const left = new Map(through.map(({ log, seq }) => [log, seq]));
  const flights = d.s.pushing[lane].map((flight) => {
    if (flight.id !== id) return flight;
    const runs = new Map<string, Run>();
    for (const [log, run] of flight.runs) {
      const seq = left.get(log);
      if (seq === undefined) continue;
      if (seq >= run.from) runs.set(log, { ...run, through: seq });
      // Nothing of it is left here. It is not looked for again at once, for it would be looked for for ever.
      else if (logOf(d, log).acked < run.from) setLog(d, log, { stuck: true });
    }
    return { id, runs };
  });
  setFlights(d, lane, flights);
}

/** Takes a push off those on their way; null where it was given up. */
function landed(d: Draft, lane: Lane, id: number): Flight | null {
  const flights = d.s.pushing[lane];
  const flight = flights.find((one) => one.id === id) ?? null;
  if (flight)
    setFlights(
      d,
      lane,
      flights.filter((one) => one !== flight),
    );
  return flight;
}

/** False where the answer is of another epoch. */
export function pushAnswered(d: Draft, event: Of<'pushAnswered'>): boolean {
  const flight = landed(d, event.lane, event.push);
  if (!flight) return true;
  succeeded(d, 'push');
  if (event.epoch !== d.s.epoch) return false;
  for (const { log, seq } of event.acks) if (seq > logOf(d, log).acked) setLog(d, log, { acked: seq });
  for (const { log, why, from } of event.problems) {
    const run = flight.runs.get(log);
    if (!run) continue;
    if (why !== 'ahead') setLog(d, log, { stuck: true });
    else if (!run.first) setLog(d, log, { overtaken: true });
    else if (from !== undefined && from !== run.from && from <= logOf(d, log).held) setLog(d, log, { acked: from - 1 });
    else setLog(d, log, { stuck: true });
  }
  for (const [log, run] of flight.runs) {
    const { acked, held, wanted } = logOf(d, log);
    const moved = acked >= run.from || acked < run.from - 1;
    if (!moved) gainedNothing(d, log, run);
    setLog(d, log, { wanted: wanted && acked < held });
  }
  return true;
}

/** What gains nothing is not pushed again at once, for it would be pushed for ever; what came too early may gain once more. */
function gainedNothing(d: Draft, log: string, { first }: Run): void {
  setLog(d, log, first ? { stuck: true } : { overtaken: true });
}

/** False where what is known of the center has become doubtful. */
export function pushFailed(d: Draft, { lane, push: id, why }: Of<'pushFailed'>): boolean {
  const flight = landed(d, lane, id);
  if (!flight) return true;
  if (why !== 'refused') return false;
  for (const [log, run] of flight.runs) gainedNothing(d, log, run);
  return true;
}

function anyToCarry(d: Draft): boolean {
  for (const state of d.s.logs.values()) if (carried(state) && state.held > state.acked && !state.stuck) return true;
  return false;
}

/** What others wrote and the center lacks. */
export function carry(d: Draft): void {
  if (d.s.center === 'up' && !waits(d, 'push')) push(d, 'rest', carried);
}

/** Whatever is due and not on its way: what was written here now, what others wrote after a while. */
export function pushDue(d: Draft): void {
  if (waits(d, 'push')) return;
  push(d, 'own', (state) => state.own);
  if (d.s.pushing.rest.length > 0) push(d, 'rest', carried);
  else if (!d.s.armed.has('carry') && anyToCarry(d)) arm(d, 'carry', Math.ceil(TIMES.carry + d.luck * TIMES.spread));
}
