/** The station as a window sees it: calls with answers, and topics that stay true across a lost connection. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallInput, CallName, CallOutput } from '#domain/bridge/calls.ts';
import type { StationPort, ToWindow } from '#domain/bridge/message.ts';
import { applyPatch, type Patch, type TopicState } from '#domain/bridge/topics.ts';
import type { Decision } from '#domain/kernel/decision.ts';
import type { Refusal } from '#domain/kernel/refusal.ts';

export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal; readonly decision?: Decision };

export interface Topic {
  /** Whether a snapshot has come. What was shown stays shown while the connection is away. */
  readonly ready: boolean;
  readonly state: TopicState;
  readonly refusal: Refusal | null;
}

export interface Connection {
  readonly connected: boolean;
  /** Connected, and a call that is answered at once has waited for longer than a moment: the process hangs. */
  readonly silent: boolean;
  /** Connected at least once since the window opened. */
  readonly everConnected: boolean;
  readonly unwelcome: Refusal | null;
}

export interface Station {
  readonly call: <N extends CallName>(name: N, input: CallInput<N>) => Promise<Answer<CallOutput<N>>>;
  /** The live topic; watched from the first `hold` until a while after the last release. */
  readonly topic: (topic: string) => { readonly store: StoreApi<Topic>; readonly hold: () => () => void };
  readonly connection: StoreApi<Connection>;
}

const EMPTY: Topic = { ready: false, state: {}, refusal: null };
/** A topic that nobody shows any more is kept this long, so that moving through a list does not fetch twice. */
const LINGER_MS = 4_000;

const AWAY: Refusal = {
  code: 'station.away',
  message: 'The station of this workstation does not answer. Nothing typed is lost; try again in a moment.',
};
const CUT: Refusal = {
  code: 'station.cut',
  message: 'The station went away before it answered. Look whether it was done before you do it again.',
};

/** Calls of the board are answered in milliseconds. ms */
const SILENT_MS = 1_500;
/** What takes its time: a password's verifier, the center, another's decision. */
const SLOW: ReadonlySet<CallName> = new Set([
  'session.sign_in',
  'session.unlock',
  'request.await',
  'document.open',
] satisfies CallName[]);

interface Feed {
  readonly store: StoreApi<Topic>;
  holds: number;
  id: number | null;
  n: number;
  linger: ReturnType<typeof setTimeout> | undefined;
}

export function createStation(port: StationPort): Station {
  const connection = createStore<Connection>(() => ({
    connected: false,
    silent: false,
    everConnected: false,
    unwelcome: null,
  }));
  const feeds = new Map<string, Feed>();
  const byId = new Map<number, string>();
  const waiting = new Map<number, (answer: Answer<unknown>) => void>();
  let lastId = 0;

  const begin = (name: string, feed: Feed): void => {
    if (feed.id !== null) byId.delete(feed.id);
    feed.id = ++lastId;
    byId.set(feed.id, name);
    port.send({ t: 'watch', id: feed.id, topic: name });
  };
  const end = (name: string, feed: Feed): void => {
    if (feed.id !== null) {
      byId.delete(feed.id);
      if (connection.getState().connected) port.send({ t: 'unwatch', id: feed.id });
    }
    feeds.delete(name);
  };
  const feedOf = (id: number): { name: string; feed: Feed } | null => {
    const name = byId.get(id);
    const feed = name === undefined ? undefined : feeds.get(name);
    return name !== undefined && feed ? { name, feed } : null;
  };

  port.onMessage((message: ToWindow) => {
    if (connection.getState().silent) connection.setState({ silent: false });
    switch (message.t) {
      case 'unwelcome':
        connection.setState({ unwelcome: message.refusal });
        return;
      case 'welcome':
        connection.setState({ unwelcome: null });
        return;
      case 'snapshot': {
        const found = feedOf(message.id);
        if (!found) return;
        found.feed.n = message.n;
        found.feed.store.setState({ ready: true, state: message.state as TopicState, refusal: null });
        return;
      }
      case 'patch': {
        const found = feedOf(message.id);
        if (!found) return;
        if (message.n !== found.feed.n + 1) {
          // One is missing: what came cannot be applied, a new snapshot is asked for.
          port.send({ t: 'unwatch', id: message.id });
          begin(found.name, found.feed);
          return;
        }
        found.feed.n = message.n;
        const { state } = found.feed.store.getState();
        found.feed.store.setState({ state: applyPatch(state, message as Patch) });
        return;
      }
      case 'result': {
        const settle = waiting.get(message.id);
        if (settle) {
          waiting.delete(message.id);
          if (message.ok) settle({ ok: true, value: message.value });
          else if (message.decision === undefined || message.decision === null)
            settle({ ok: false, refusal: message.refusal });
          else settle({ ok: false, refusal: message.refusal, decision: message.decision as Decision });
          return;
        }
        const found = feedOf(message.id);
        if (found && !message.ok) found.feed.store.setState({ refusal: message.refusal });
      }
    }
  });

  port.onState((connected) => {
    connection.setState((before) => ({ connected, silent: false, everConnected: before.everConnected || connected }));
    if (connected) {
      for (const [name, feed] of feeds) begin(name, feed);
      return;
    }
    const cut = [...waiting.values()];
    waiting.clear();
    for (const settle of cut) settle({ ok: false, refusal: CUT });
  });

  return {
    connection,
    call: <N extends CallName>(name: N, input: CallInput<N>): Promise<Answer<CallOutput<N>>> => {
      if (!connection.getState().connected) return Promise.resolve({ ok: false, refusal: AWAY });
      const id = ++lastId;
      return new Promise((resolve) => {
        const late = SLOW.has(name) ? undefined : setTimeout(() => connection.setState({ silent: true }), SILENT_MS);
        waiting.set(id, (answer) => {
          clearTimeout(late);
          resolve(answer as Answer<CallOutput<typeof name>>);
        });
        port.send({ t: 'call', id, name, input });
      });
    },
    topic: (name) => {
      const known = feeds.get(name);
      const feed: Feed = known ?? {
        store: createStore<Topic>(() => EMPTY),
        holds: 0,
        id: null,
        n: 0,
        linger: undefined,
      };
      if (!known) feeds.set(name, feed);
      return {
        store: feed.store,
        hold: () => {
          clearTimeout(feed.linger);
          feeds.set(name, feed);
          feed.holds += 1;
          if (feed.id === null && connection.getState().connected) begin(name, feed);
          return () => {
            feed.holds -= 1;
            if (feed.holds > 0) return;
            feed.linger = setTimeout(() => {
              end(name, feed);
              feed.id = null;
            }, LINGER_MS);
          };
        },
      };
    },
  };
}
