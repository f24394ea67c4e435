/** One window's connection to its station: the same over a MessagePort and over the loopback WebSocket. */
import type { ToWindow } from '../../domain/bridge/message.ts';
import { type Outcome, type Refusal, refused } from '../../domain/kernel/refusal.ts';
import type { Answer, Delta, Dispatch, Watch, Who } from '../dispatch/port.ts';
import { checkCall, readMessage } from './door.ts';
import { createPending, type Pending } from './pending.ts';

/** The station's end of a connection. */
export interface Connection {
  readonly send: (message: ToWindow) => void;
  /** Bytes that were sent and that the reader has not taken. */
  readonly backlog: () => number;
  readonly onMessage: (listener: (raw: unknown) => void) => void;
  /** Called when the backlog has become smaller. */
  readonly onDrain: (listener: () => void) => void;
  readonly onClose: (listener: () => void) => void;
  readonly close: (reason: string) => void;
}

/** What the bridge serves. */
export interface BridgedStation {
  readonly dispatch: Dispatch;
  readonly station: string;
  readonly build: string;
  /** Trades a one-time token or a tab's bearer for its seat; not needed where the shell vouches for the window. */
  readonly admit: (given: { readonly token?: string | undefined; readonly bearer?: string | undefined }) => Outcome<{
    readonly seat: string;
    readonly bearer: string;
  }>;
  /** Told of what should never happen: an exception in the station itself, or a page held to its policy (no error). It never holds what people typed. */
  readonly fault: (where: string, error: unknown) => void;
}

/** A reader behind by this many bytes gets merged patches from then on, and none before it has caught up. */
const SLOW_BYTES = 256 * 1024;
/** A reader behind by this much is cut off; it comes back with its bearer and starts from snapshots. */
const LOST_BYTES = 32 * 1024 * 1024;
const MAX_WATCHES = 64;
const MAX_CALLS = 256;

interface Watched {
  readonly watch: Watch;
  readonly pending: Pending;
  n: number;
}

/**
 * Serves a connection until it closes. `seat` is given where the shell has already said whose window it is; otherwise the
 * first message has to be a `hello` that {@link BridgedStation.admit} accepts. Whatever comes in, nothing throws.
 */
export function serveBridge(connection: Connection, served: BridgedStation, seat?: string): void {
  let who: Who | null = seat === undefined ? null : { seat };
  let open = true;
  let calls = 0;
  let edits = false;
  const watches = new Map<number, Watched>();
  /** Answers that wait with the patches of what they answer: a window never hears that something is done before it sees it. */
  let held: ToWindow[] = [];

  const send = (message: ToWindow): void => {
    if (!open) return;
    connection.send(message);
    if (connection.backlog() > LOST_BYTES) connection.close('The window does not read what it is sent.');
  };

  const patchesWait = (): boolean => [...watches.values()].some(({ pending }) => pending.any());
  const sendAfterPatches = (message: ToWindow): void => {
    if (held.length > 0 || patchesWait()) held.push(message);
    else send(message);
  };

  const refuse = (id: number, refusal: Refusal, decision?: unknown): void =>
    sendAfterPatches({ t: 'result', id, ok: false, refusal, ...(decision === undefined ? {} : { decision }) });

  const flush = (id: number, watched: Watched): void => {
    if (connection.backlog() > SLOW_BYTES) return;
    const delta = watched.pending.take();
    if (delta) send({ t: 'patch', id, n: ++watched.n, set: delta.set, gone: delta.gone });
  };

  const watch = (id: number, topic: string, by: Who) => {
    if (watches.has(id)) return refuse(id, refused('watch.taken', 'This number is already watching.', 'id').refusal);
    if (watches.size >= MAX_WATCHES) {
      return refuse(id, refused('watch.too_many', `A window watches at most ${MAX_WATCHES} topics.`, 'topic').refusal);
    }
    const pending = createPending();
    let watched: Watched | null = null;
    const outcome = served.dispatch.watch(topic, by, (delta: Delta) => {
      if (watched && connection.backlog() <= SLOW_BYTES && !pending.any()) {
        send({ t: 'patch', id, n: ++watched.n, set: delta.set, gone: delta.gone });
      } else pending.add(delta);
    });
    if (!outcome.ok) return refuse(id, outcome.refusal);
    watched = { watch: outcome.value, pending, n: 0 };
    watches.set(id, watched);
    send({ t: 'snapshot', id, n: 0, state: outcome.value.state });
    flush(id, watched);
  };

  const answered = (id: number, answer: Answer<unknown>): void =>
    answer.ok
      ? sendAfterPatches({ t: 'result', id, ok: true, value: answer.value })
      : refuse(id, answer.refusal, answer.decision);

  const broke = (id: number, name: string, error: unknown): void => {
    served.fault(name, error);
    refuse(id, refused('station.fault', 'The station could not do this; nothing was changed. Try again.').refusal);
  };

  const call = (id: number, name: string, input: unknown, by: Who) => {
    if (calls >= MAX_CALLS) return refuse(id, refused('call.too_many', 'Too many calls are still unanswered.').refusal);
    const checked = checkCall(name, input);
    if (!checked.ok) return refuse(id, checked.refusal);
    if (name === 'presence.editing') edits = true;
    const answer = served.dispatch.call(checked.value.name, checked.value.input as never, by) as
      | Answer<unknown>
      | Promise<Answer<unknown>>;
    if (!(answer instanceof Promise)) return answered(id, answer);
    calls++;
    answer
      .then((settled) => answered(id, settled))
      .catch((error: unknown) => broke(id, name, error))
      .finally(() => calls--);
  };

  const hello = (given: { token?: string | undefined; bearer?: string | undefined }) => {
    const admitted = served.admit(given);
    if (!admitted.ok) {
      send({ t: 'unwelcome', refusal: admitted.refusal });
      return connection.close(admitted.refusal.message);
    }
    who = { seat: admitted.value.seat };
    send({ t: 'welcome', bearer: admitted.value.bearer, station: served.station, build: served.build });
  };

  const take = (raw: unknown) => {
    const read = readMessage(raw);
    if (!('message' in read)) {
      if (read.id !== null && who) return refuse(read.id, read.outcome.refusal);
      send({ t: 'unwelcome', refusal: read.outcome.refusal });
      if (!who) connection.close(read.outcome.refusal.message);
      return;
    }
    const { message } = read;
    if (message.t === 'hello') {
      if (who) return;
      return hello(message);
    }
    if (!who) {
      send({ t: 'unwelcome', refusal: refused('hello.needed', 'The first message has to be a hello.').refusal });
      return connection.close('No hello.');
    }
    if (message.t === 'unwatch') {
      watches.get(message.id)?.watch.stop();
      watches.delete(message.id);
      return;
    }
    try {
      if (message.t === 'watch') watch(message.id, message.topic, who);
      else call(message.id, message.name, message.input, who);
    } catch (error) {
      broke(message.id, message.t === 'watch' ? 'watch' : message.name, error);
    }
  };

  connection.onMessage((raw) => {
    if (!open) return;
    try {
      take(raw);
    } catch (error) {
      served.fault('bridge', error);
      connection.close('The station could not read this window.');
    }
  });
  connection.onDrain(() => {
    for (const [id, watched] of watches) flush(id, watched);
    if (patchesWait()) return;
    const answers = held;
    held = [];
    for (const answer of answers) send(answer);
  });
  connection.onClose(() => {
    open = false;
    for (const watched of watches.values()) watched.watch.stop();
    watches.clear();
    if (edits && who) {
      void served.dispatch.call('presence.editing', { incident: null, field: null }, who);
    }
  });
}
