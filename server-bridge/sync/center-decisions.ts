/** The half of the sync decisions that faces the center. Invariants: decide.ts. */
import { arm, armOnce, ask, backoff, type Draft, disarm, jittered, logOf, setAllLogs, setLog } from './draft.ts';
import { countFailure, giveTime, succeeded, waits } from './failing.ts';
import { forgetKept, keep, take, takeKept } from './kept.ts';
import { centerLost, centerReached, heldMore } from './peer-decisions.ts';
import * as pushes from './push-decisions.ts';
import {
  type Asked,
  CHECKS_PER_COUNT,
  type Failure,
  FETCH_AHEAD,
  IDLE,
  KEPT_ITEMS,
  type LogState,
  type PageNote,
  type Position,
  PULL_ITEMS,
  type SyncEvent,
  TIMES,
  type Unacknowledged,
} from './state.ts';

type Of<T extends SyncEvent['t']> = Extract<SyncEvent, { readonly t: T }>;

export function started(d: Draft, event: Of<'started'>): void {
  for (const { log, seq } of event.heads) setLog(d, log, { held: seq, acked: seq });
  uncounted(d, event.unacknowledged);
  setLog(d, event.log, { own: true });
  d.s.epoch = event.cursor?.epoch ?? null;
  d.s.cursor = d.s.fetched = d.s.head = event.cursor?.n ?? 0;
  const fresh = event.heads.every(({ log, seq }) => log === event.log || seq === 0);
  if (fresh && (event.cursor === null || event.cursor.n === 0)) d.s.snapshot = 'needed';
  d.s.center = 'down';
  greet(d);
}

/**
 * Of what others wrote more may be held than was heard of: what a damaged disk gave back waits, and is taken with whatever it waited
 * for.
 */
function uncounted(d: Draft, unacknowledged: readonly Unacknowledged[]): void {
  const more: string[] = [];
  for (const { log, from, through, own } of unacknowledged) {
    const { held, own: known } = logOf(d, log);
    if (!own && through > held) more.push(log);
    setLog(d, log, {
      held: own ? held : Math.max(held, through),
      acked: from - 1,
      own: own || known,
      wanted: !own,
      stuck: false,
    });
  }
  heldMore(d, more, null);
}

/** Says hello unless that is under way. */
export function greet(d: Draft): void {
  if (d.s.greeting || d.s.center === 'idle') return;
  d.s.greeting = true;
  d.s.greetAgain = false;
  d.s.hurried = false;
  d.s.greeted = d.s.logs;
  disarm(d, 'hello');
  ask(d, { do: 'hello' });
}

/**
 * What the center tells in its answers has changed, its roster or its stream. Under way is at most one greeting, so the next goes once
 * that is answered.
 */
export function greetAnew(d: Draft): void {
  if (d.s.greeting) d.s.greetAgain = true;
  else greet(d);
}

/** Something failed: find out, and meanwhile let peers have what the center may not get. */
function doubt(d: Draft, why: Failure): void {
  if (d.s.center !== 'up') return;
  d.s.center = 'doubt';
  if (why === 'unreachable') arm(d, 'doubt', TIMES.doubt);
  centerLost(d);
  greet(d);
}

/** The center failed at something that it was asked. */
function failed(d: Draft, what: Asked, why: Failure): void {
  countFailure(d, what);
  doubt(d, why);
}

/** Whatever is under way but a greeting is nobody's any more. */
function giveUp(d: Draft): void {
  const { pulling, pushing, requesting, snapshot, live } = d.s;
  const isPushing = pushing.own.length + pushing.rest.length > 0;
  if (pulling !== null || isPushing || requesting || snapshot === 'fetching') ask(d, { do: 'abandon' });
  d.s.pulling = null;
  d.s.pullAgain = false;
  d.s.pushing = IDLE.pushing;
  if (requesting) d.s.requestsDue = true;
  d.s.requesting = false;
  if (snapshot === 'fetching') d.s.snapshot = 'needed';
  if (live !== 'closed') ask(d, { do: 'closeLive' });
  d.s.live = 'closed';
  forgetKept(d);
}

/** The center counts as unreachable: nothing but a greeting is asked of it. */
function lose(d: Draft): void {
  const wasSure = d.s.center === 'up';
  d.s.center = 'down';
  giveUp(d);
  d.s.failing = IDLE.failing;
  disarm(d, 'doubt', 'check', 'live', 'push', 'carry', 'requests', 'again');
  if (wasSure) centerLost(d);
}

/**
 * Somebody says that the network is back: no waiting, nor for a greeting that left before it was, which may hang for as long as a slow
 * center is waited for. Once for each: when the center of a large room is back, every peer says so.
 */
export function networkReturned(d: Draft): void {
  if (d.s.center !== 'down') return;
  d.s.tries = 0;
  const hangs = d.s.greeting;
  if (hangs && d.s.hurried) return;
  if (hangs) ask(d, { do: 'abandonGreeting' });
  d.s.greeting = false;
  greet(d);
  d.s.hurried = hangs;
}

export function doubtConfirmed(d: Draft): void {
  if (d.s.center === 'doubt') lose(d);
}

export function helloFailed(d: Draft, why: Failure): void {
  if (!d.s.greeting) return;
  d.s.greeting = false;
  d.s.greeted = null;
  lose(d);
  arm(d, 'hello', why === 'unreachable' ? backoff(d.s.tries, d.luck) : jittered(TIMES.refusedRetry, d.luck));
  d.s.tries++;
}

export function helloAnswered(d: Draft, event: Of<'helloAnswered'>): void {
  if (!d.s.greeting) return;
  const offered = d.s.greeted ?? d.s.logs;
  d.s.greeting = false;
  d.s.greeted = null;
  d.s.tries = 0;
  if (d.s.epoch !== event.epoch) begin(d, event.epoch);
  if (event.head > d.s.head) newsBesidePull(d);
  d.s.head = Math.max(event.head, d.s.fetched);
  const wants = new Map(event.wants.map((want) => [want.log, want.from]));
  setAllLogs(d, (log, state) => settled(state, offered.get(log)?.held ?? 0, wants.get(log)));
  disarm(d, 'doubt', 'hello');
  const back = d.s.center !== 'up';
  d.s.center = 'up';
  d.s.counted = false;
  armOnce(d, 'check', TIMES.checkAlone);
  giveTime(d);
  if (back) centerReached(d);
  d.s.requestsDue = true;
  if (d.s.greetAgain) greet(d);
}

/** A log after a greeting that offered it through `offered`: the center lacks it from `want` on, or lacks nothing of it. */
function settled(state: LogState, offered: number, want: number | undefined): LogState {
  const acked = want === undefined ? Math.max(state.acked, offered) : Math.min(want - 1, state.held);
  return { ...state, acked, stuck: false, wanted: !state.own && acked < state.held };
}

function begin(d: Draft, epoch: string): void {
  ask(d, { do: 'beginEpoch', epoch });
  d.s.epoch = epoch;
  d.s.cursor = d.s.fetched = d.s.head = 0;
  giveUp(d);
  setAllLogs(d, (_, state) => ({ ...state, acked: 0, stuck: false }));
}

export function pullAnswered(d: Draft, page: PageNote): void {
  const after = d.s.pulling;
  if (after === null) return;
  d.s.pulling = null;
  succeeded(d, 'pull');
  // A stream that ends before what was read of it has been put back, whether anybody said so or not.
  if (page.epoch !== d.s.epoch || page.head < d.s.cursor) greet(d);
  else if (page.from === d.s.fetched && page.to > page.from) take(d, page);
  // Nothing gained: the next check asks again, not this moment. Unless another page is next by now than was asked for, or more was
  // heard of since.
  else if (after === d.s.fetched && !d.s.pullAgain) d.s.head = d.s.fetched;
}

/** More was heard of. The answer to a pull that is under way may be of before. */
function newsBesidePull(d: Draft): void {
  if (d.s.pulling !== null) d.s.pullAgain = true;
}

export function pullFailed(d: Draft, why: Failure): void {
  if (d.s.pulling === null) return;
  d.s.pulling = null;
  d.s.head = d.s.fetched;
  failed(d, 'pull', why);
}

/** Only a page that goes on exactly where what is fetched ends is applied; a gap is pulled, and what comes after it kept. */
export function liveArrived(d: Draft, page: PageNote): void {
  if (d.s.live === 'closed') return;
  // What was read here is not what the center has: it has been put back, and has grown again since.
  if (page.epoch !== d.s.epoch || page.head < page.to || page.elsewhere) {
    greetAnew(d);
    return;
  }
  // What comes faster than it is stored here would otherwise fill the memory.
  const hasRoom = page.to - d.s.cursor <= KEPT_ITEMS;
  if (page.from === d.s.fetched && page.to > page.from && d.s.snapshot === 'no' && hasRoom) take(d, page);
  else {
    if (page.head > d.s.head) newsBesidePull(d);
    d.s.head = Math.max(d.s.head, page.head);
    keep(d, page);
  }
}

export function pageArrived(d: Draft, event: Of<'pageArrived'>): void {
  if (event.epoch !== d.s.epoch) return;
  if (event.result === 'gap') {
    d.s.cursor = d.s.fetched = event.cursor;
    return;
  }
  d.s.cursor = Math.max(d.s.cursor, event.cursor);
  d.s.fetched = Math.max(d.s.fetched, d.s.cursor);
  takeKept(d);
  onTheStream(d, event.logs);
}

/** What came on the stream is held by the center and, now, here. */
function onTheStream(d: Draft, positions: readonly Position[]): void {
  const more: string[] = [];
  for (const { log, seq } of positions) {
    const state = logOf(d, log);
    if (seq > state.held) more.push(log);
    if (seq > state.held || seq > state.acked)
      setLog(d, log, { held: Math.max(state.held, seq), acked: Math.max(state.acked, seq) });
  }
  if (more.length > 0) heldMore(d, more, null);
}

export function snapshotArrived(d: Draft, event: Of<'snapshotArrived'>): void {
  if (d.s.snapshot !== 'fetching') return;
  d.s.snapshot = 'no';
  succeeded(d, 'snapshot');
  onTheStream(d, event.heads);
  if (event.cursor.epoch !== d.s.epoch) {
    greet(d);
    return;
  }
  d.s.cursor = d.s.fetched = event.cursor.n;
  d.s.head = Math.max(d.s.head, event.cursor.n);
  forgetKept(d);
}

export function snapshotFailed(d: Draft, why: Failure): void {
  if (d.s.snapshot !== 'fetching') return;
  // A center without a snapshot is read from the start.
  d.s.snapshot = why === 'refused' ? 'no' : 'needed';
  if (why !== 'refused') failed(d, 'snapshot', why);
}

export function pushAnswered(d: Draft, event: Of<'pushAnswered'>): void {
  if (!pushes.pushAnswered(d, event)) greet(d);
}

export function pushFailed(d: Draft, event: Of<'pushFailed'>): void {
  if (!pushes.pushFailed(d, event)) failed(d, 'push', event.why);
}

export function liveDown(d: Draft): void {
  if (d.s.live === 'closed') return;
  const wasUp = d.s.live === 'up';
  d.s.live = 'closed';
  forgetKept(d);
  if (d.s.center === 'down') return;
  // A channel that will not open is tried as often as the center is looked at: each try would put the look off once more.
  if (wasUp) arm(d, 'check', TIMES.checkAlone);
  else armOnce(d, 'check', TIMES.checkAlone);
  d.s.liveTries = wasUp ? 0 : d.s.liveTries + 1;
  arm(d, 'live', backoff(d.s.liveTries, d.luck));
  if (wasUp) doubt(d, 'unreachable');
}

export function liveUp(d: Draft): void {
  if (d.s.live !== 'opening') return;
  d.s.live = 'up';
  d.s.liveTries = 0;
  // What came between the last pull and now is on neither, nor need it be on one that is under way.
  d.s.pullAgain = true;
}

export function check(d: Draft): void {
  if (d.s.center === 'down') return;
  arm(d, 'check', d.s.live === 'up' ? TIMES.check : TIMES.checkAlone);
  if (d.s.center !== 'up') return;
  d.s.checks = (d.s.checks + 1) % CHECKS_PER_COUNT;
  if (d.s.checks === 0) ask(d, { do: 'recount' });
  if (d.s.snapshot === 'no') pull(d);
}

export function counted(d: Draft, event: Of<'counted'>): void {
  uncounted(d, event.unacknowledged);
}

function pull(d: Draft): void {
  if (d.s.pulling !== null || d.s.epoch === null || d.s.fetched - d.s.cursor > FETCH_AHEAD) return;
  d.s.pulling = d.s.fetched;
  d.s.pullAgain = false;
  const limit = Math.min(PULL_ITEMS, (d.s.kept[0]?.from ?? Number.POSITIVE_INFINITY) - d.s.fetched);
  ask(d, { do: 'pull', epoch: d.s.epoch, after: d.s.fetched, limit });
}

/** After every event: whatever a reached center is due and is not under way yet. */
export function goOn(d: Draft): void {
  if (d.s.center !== 'up') return;
  if (d.s.snapshot === 'needed' && !waits(d, 'snapshot')) {
    d.s.snapshot = 'fetching';
    ask(d, { do: 'fetchSnapshot' });
  }
  if (d.s.snapshot === 'no') {
    if (d.s.live === 'closed' && !d.s.armed.has('live')) {
      d.s.live = 'opening';
      ask(d, { do: 'openLive' });
    }
    if ((d.s.fetched < d.s.head || d.s.pullAgain) && !waits(d, 'pull')) pull(d);
    if (d.s.cursor >= d.s.head && !d.s.counted) {
      d.s.counted = true;
      ask(d, { do: 'recount' });
    }
  }
  pushes.pushDue(d);
  if (d.s.requestsDue && !d.s.requesting && !waits(d, 'requests')) {
    d.s.requestsDue = false;
    d.s.requesting = true;
    disarm(d, 'requests');
    ask(d, { do: 'sendRequests' });
  }
}

export function requestDue(d: Draft): void {
  d.s.requestsDue = true;
}

export function requestsSent(d: Draft, event: Of<'requestsSent'>): void {
  if (!d.s.requesting) return;
  d.s.requesting = false;
  if (event.again !== null && d.s.center !== 'down') arm(d, 'requests', Math.max(1, event.again));
  if (event.why === undefined || event.why === 'refused') succeeded(d, 'requests');
  else {
    d.s.requestsDue = true;
    failed(d, 'requests', event.why);
  }
}
