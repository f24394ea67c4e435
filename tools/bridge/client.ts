/** A window without a screen: reaches a station's loopback host over the same bridge that the console uses. */
import { WebSocket } from 'ws';
import type { CallInput, CallName, CallOutput } from '../../domain/bridge/calls.ts';
import { type ToWindow, ToWindowSchema } from '../../domain/bridge/message.ts';
import { applyPatch, type Patch, type TopicState } from '../../domain/bridge/topics.ts';
import { type Refusal, refused } from '../../domain/kernel/refusal.ts';

/** A call that the station refused, with its reason and, where it asks, its decision. */
export class Refused extends Error {
  readonly refusal: Refusal;
  readonly decision: unknown;
  constructor(refusal: Refusal, decision: unknown) {
    super(refusal.message);
    this.refusal = refusal;
    this.decision = decision;
  }
}

export interface Watched {
  readonly state: () => TopicState;
  /** Resolves once `holds` is true of the state, at once or after a patch; rejects after `ms`. */
  readonly until: (holds: (state: TopicState) => boolean, ms: number, what: string) => Promise<TopicState>;
  readonly onPatch: (listener: (patch: Patch) => void) => void;
  readonly stop: () => void;
}

export interface BridgeClient {
  readonly call: <N extends CallName>(name: N, input: CallInput<N>) => Promise<CallOutput<N>>;
  readonly watch: (topic: string) => Promise<Watched>;
  readonly closed: () => boolean;
  readonly close: () => void;
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

interface Watching {
  state: TopicState;
  n: number;
  readonly listeners: Set<(patch: Patch | null) => void>;
  readonly ready: () => void;
  /** The station refused it, or went before it said anything of it. */
  readonly lost: (why: Refused) => void;
}

/** Connects to a console URL, `http://127.0.0.1:PORT/#TOKEN`; the token is used up by it. */
export async function connectBridge(consoleUrl: string): Promise<BridgeClient> {
  const url = new URL(consoleUrl);
  const token = url.hash.slice(1);
  const socket = new WebSocket(`ws://${url.host}/bridge`, { origin: url.origin, perMessageDeflate: false });
  const calls = new Map<number, Waiting>();
  const watches = new Map<number, Watching>();
  let nextId = 1;
  let isClosed = false;
  const closed = (): Refused =>
    new Refused(refused('bridge.closed', 'The station closed the bridge.').refusal, undefined);
  let welcome: Waiting | null = null;

  const onMessage = (message: ToWindow): void => {
    if (message.t === 'welcome') welcome?.resolve(undefined as never);
    else if (message.t === 'unwelcome') welcome?.reject(new Refused(message.refusal, undefined));
    else if (message.t === 'result') {
      const waiting = calls.get(message.id);
      calls.delete(message.id);
      if (message.ok) waiting?.resolve(message.value as never);
      else {
        const why = new Refused(message.refusal, message.decision);
        waiting?.reject(why);
        watches.get(message.id)?.lost(why);
        watches.delete(message.id);
      }
    } else {
      const watching = watches.get(message.id);
      if (!watching) return;
      if (message.t === 'snapshot') {
        watching.state = message.state as TopicState;
        watching.n = message.n;
        watching.ready();
        for (const listener of watching.listeners) listener(null);
      } else {
        if (message.n !== watching.n + 1) throw new Error(`Patch ${message.n} came after ${watching.n}.`);
        const patch = message as unknown as Patch;
        watching.n = message.n;
        watching.state = applyPatch(watching.state, patch);
        for (const listener of watching.listeners) listener(patch);
      }
    }
  };

  socket.on('message', (data) => onMessage(ToWindowSchema.parse(JSON.parse(String(data)))));
  const gone = (): void => {
    isClosed = true;
    for (const waiting of calls.values()) waiting.reject(closed());
    calls.clear();
    // One that has its snapshot is settled, and keeps it.
    for (const watching of watches.values()) watching.lost(closed());
    welcome?.reject(closed());
  };
  socket.on('close', gone);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', gone);
  await new Promise<void>((resolve, reject) => {
    welcome = { resolve, reject };
    socket.send(JSON.stringify({ t: 'hello', token }));
  });

  return {
    call: (name, input) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(closed());
        const id = nextId++;
        calls.set(id, { resolve: resolve as (value: never) => void, reject });
        socket.send(JSON.stringify({ t: 'call', id, name, input }));
      }),
    watch: (topic) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(closed());
        const id = nextId++;
        const listeners = new Set<(patch: Patch | null) => void>();
        const watched: Watched = {
          state: () => watching.state,
          until: (holds, ms, what) =>
            new Promise((found, fail) => {
              if (holds(watching.state)) return found(watching.state);
              const timer = setTimeout(() => {
                listeners.delete(look);
                fail(new Error(`Waited ${ms} ms for ${what}.`));
              }, ms);
              const look = (): void => {
                if (!holds(watching.state)) return;
                clearTimeout(timer);
                listeners.delete(look);
                found(watching.state);
              };
              listeners.add(look);
            }),
          onPatch: (listener) => listeners.add((patch) => patch && listener(patch)),
          stop: () => {
            watches.delete(id);
            socket.send(JSON.stringify({ t: 'unwatch', id }));
          },
        };
        const watching: Watching = { state: {}, n: 0, listeners, ready: () => resolve(watched), lost: reject };
        watches.set(id, watching);
        socket.send(JSON.stringify({ t: 'watch', id, topic }));
      }),
    closed: () => isClosed,
    close: () => socket.close(),
  };
}
