/**
 * The sync decisions of a station: one pure function from what is known and what happened to what is known next and what
 * is to be done. The engine does the effects in order and reports what came of them; it decides nothing itself.
 *
 * Invariants, each held by a property test over any order of events:
 *  1. At most one greeting, one pull, one snapshot and `PUSHES` pushes per lane are under way, and no log is in both lanes.
 *  2. Nothing but a greeting is asked of a center that is not reached.
 *  3. A page is applied only where it goes on exactly where what was fetched ends, in the same epoch; anything else is
 *     pulled. So the stream is applied without gap and without repetition, whatever the live channel does. What it brings
 *     beyond that is kept, in one run, until pulls have come to where it begins, and no longer than the channel.
 *  4. A new epoch begins before anything is pulled or pushed in it, the stream is read from 0, and every log is offered
 *     from where the center lacks it.
 *  5. While the center is not reached a greeting is under way or its timer is armed, and no wait exceeds `retryMost`
 *     (`refusedRetry` after a refusal). While it is reached the check is armed, and only its own turn puts it off: not a live
 *     channel that will not open, however often it is tried. What is told of while a greeting is under way is asked for by
 *     another, once that is answered.
 *  6. While the center is reached, what this station wrote and the center lacks is being pushed, unless it refused it, or
 *     failed at it more than once in a row, answering greetings between: then once the timer `again` is over.
 *  7. A push names a log from the position after what the center is known to hold and what of it is on its way, without a
 *     hole; nothing known to be held is pushed.
 *  8. While the center is not surely reached, what is appended here goes to every linked peer in the same step, and when
 *     it is lost, what it had not acknowledged does. No peer is sent a position that it is known to hold, and of each log
 *     it is sent contiguous runs.
 *  9. The number of pushes of one log is bounded by its progress: what gains nothing waits for a count or a greeting.
 * 10. With center and peers answering, every log reaches everyone and the cursor reaches the head (held by a model).
 */
import * as center from './center-decisions.ts';
import { type Draft, draftOf } from './draft.ts';
import * as peers from './peer-decisions.ts';
import * as pushes from './push-decisions.ts';
import type { SyncEffect, SyncEvent, SyncState, TimerName } from './state.ts';

export interface Decided {
  readonly state: SyncState;
  readonly effects: readonly SyncEffect[];
}

type Handlers = { readonly [T in SyncEvent['t']]: (d: Draft, event: Extract<SyncEvent, { readonly t: T }>) => void };

const HANDLERS: Handlers = {
  started: center.started,
  helloAnswered: center.helloAnswered,
  helloFailed: (d, { why }) => center.helloFailed(d, why),
  pullAnswered: (d, { page }) => center.pullAnswered(d, page),
  pullFailed: (d, { why }) => center.pullFailed(d, why),
  liveArrived: (d, { page }) => center.liveArrived(d, page),
  pageArrived: center.pageArrived,
  snapshotArrived: center.snapshotArrived,
  snapshotFailed: (d, { why }) => center.snapshotFailed(d, why),
  pushLeft: pushes.pushLeft,
  pushAnswered: center.pushAnswered,
  pushFailed: center.pushFailed,
  liveUp: center.liveUp,
  liveDown: center.liveDown,
  localAppended: peers.localAppended,
  peerUp: (d, { station }) => peers.peerUp(d, station),
  peerDown: (d, { station }) => peers.peerDown(d, station),
  peerMessage: (d, event) => {
    // A peer that reaches the center shows that the network is back.
    if (event.centerReached && !d.s.peers.get(event.station)?.centerReached) center.networkReturned(d);
    peers.peerMessage(d, event);
  },
  peerFrames: peers.peerFrames,
  timer: (d, { timer }) => {
    const armed = new Set(d.s.armed);
    if (!armed.delete(timer)) return;
    d.s.armed = armed;
    TIMERS[timer](d);
  },
  rosterChanged: center.greetAnew,
  networkReturned: center.networkReturned,
  requestDue: center.requestDue,
  requestsSent: center.requestsSent,
  counted: center.counted,
};

const TIMERS: { readonly [name in TimerName]: (d: Draft) => void } = {
  hello: center.greet,
  doubt: center.doubtConfirmed,
  check: center.check,
  // That it is no longer armed is enough: what is due is looked at after every event.
  live: () => undefined,
  push: () => undefined,
  again: () => undefined,
  carry: pushes.carry,
  tell: peers.tellTime,
  relay: peers.relayTime,
  sweep: peers.sweepTime,
  requests: center.requestDue,
};

/** `luck` in [0, 1) is all the chance there is. */
export function decide(state: SyncState, event: SyncEvent, luck: number): Decided {
  const d = draftOf(state, luck);
  (HANDLERS[event.t] as (d: Draft, event: SyncEvent) => void)(d, event);
  center.goOn(d);
  return { state: d.s, effects: d.effects };
}
