/** Carries out the sync decisions over the store, the center, the peers and timers, and reports what came of them. */
import type { Clock, RandomBytes } from '../../domain/kernel/ids.ts';
import type { StreamPage } from '../../domain/kernel/stream.ts';
import { type HelloIn, type HelloOut, type PeerMessage, type Presence, WIRE_VERSION } from '../../domain/wire/sync.ts';
import { shownGrants } from '../session/grants.ts';
import { guessesTold, untoldGuesses } from '../session/guesses.ts';
import type { Change, Store } from '../store/store.ts';
import { decide } from './decide.ts';
import { createExchanges } from './exchanges.ts';
import { createFilling } from './filling.ts';
import { createGreeting } from './greeting.ts';
import { createIncoming } from './incoming.ts';
import { createOutbox } from './outbox.ts';
import { createToPeers, pushOf, takenOf } from './outgoing.ts';
import { createPages } from './pages.ts';
import type { CenterPort, PeersPort, Timers } from './ports.ts';
import { createReach, type Reached } from './reach.ts';
import { createShowing } from './showing.ts';
import { createSlices } from './slices.ts';
import { IDLE, type SyncEffect, type SyncEvent, type SyncState, type TimerName } from './state.ts';

/** Most logs that a greeting names. */
const HELLO_LOGS = 20_000;
/** The wall clock moved against the steady one by this much: measure it against the center again. ms */
const CLOCK_JUMP = 500;

export interface SyncOptions {
  readonly store: Store;
  readonly center: CenterPort;
  /** Null where a station has no peers. */
  readonly peers: PeersPort | null;
  readonly timers: Timers;
  /** The wall clock, ms UTC; may jump. */
  readonly clock: Clock;
  /** Milliseconds of a clock that never jumps. */
  readonly steady: () => number;
  readonly random: RandomBytes;
  readonly build: string;
  /** `type@v` that this build reads. */
  readonly reads: readonly string[];
  /** Where peers reach this station, `host:port`; empty for nowhere. */
  readonly lanAddress: string;
  /** Incident numbers leased at once, and how few left ask for more. */
  readonly leaseSize?: number;
  readonly leaseAt?: number;
  /** Something that should not happen did; nothing about a person is in it. */
  readonly onTrouble?: (what: string, error: unknown) => void;
  /** The center ended a session of this station from elsewhere. */
  readonly onSessionEnded?: (session: string) => void;
  /** Somebody signed in at this station was told something of their account, or said elsewhere that they know it. */
  readonly onTold?: () => void;
}

export interface Sync {
  readonly now: () => Reached;
  readonly onChange: (listener: () => void) => () => void;
  /** Something waits in the outbox: look now. */
  readonly wake: () => void;
  readonly sendPresence: (presence: Presence) => void;
  readonly onPresence: (listener: (presence: Presence) => void) => () => void;
  /** The machine says that its network is back. */
  readonly networkReturned: () => void;
  /** What the decisions know; for tests and diagnosis. */
  readonly state: () => SyncState;
  readonly close: () => Promise<void>;
}

type Doing = { readonly [D in SyncEffect['do']]: (effect: Extract<SyncEffect, { readonly do: D }>) => void };

/** Starts keeping a station in step with the center and its peers. */
export function startSync(options: SyncOptions): Sync {
  const { store, center, peers, timers, clock, steady } = options;
  const trouble = options.onTrouble ?? (() => undefined);
  let state: SyncState = IDLE;
  let closed = false;
  let live: ReturnType<CenterPort['live']> | null = null;
  let liveLine = 0;
  let jumpAgainst = clock() - steady();
  const pages = createPages(store);
  const { run: exchange, giveUp } = createExchanges(() => closed, trouble);
  const running = new Map<TimerName, () => void>();
  const pending: SyncEvent[] = [];
  let busy = false;
  const presenceListeners = new Set<(presence: Presence) => void>();

  const luck = (): number => {
    const [a = 0, b = 0, c = 0] = options.random(3);
    return (a * 65_536 + b * 256 + c) / 16_777_216;
  };
  const reach = createReach(store);

  function happen(event: SyncEvent): void {
    if (closed) return;
    pending.push(event);
    if (busy) return;
    busy = true;
    try {
      for (let next = pending.shift(); next; next = pending.shift()) {
        const decided = decide(state, next, luck());
        state = decided.state;
        for (const effect of decided.effects) (doing[effect.do] as (effect: SyncEffect) => void)(effect);
        if ('page' in next) pages.decided(next.page.id);
      }
    } finally {
      busy = false;
    }
    // After what is asked of the center: the next page is on its way while this one is taken.
    slices.begin();
    reach.saw(state);
  }

  const grants = shownGrants(store);
  const slices = createSlices(timers, steady);
  const incoming = createIncoming(store, slices, timers, happen, trouble);
  const toPeers = peers && createToPeers(store, peers, timers);
  const outbox = createOutbox({
    store,
    center,
    steady,
    random: options.random,
    luck,
    leaseSize: options.leaseSize ?? 200,
    leaseAt: options.leaseAt ?? 50,
  });
  const keepNumbers = (): void => {
    try {
      outbox.keepNumbers();
    } catch (error) {
      trouble('Numbers could not be asked for', error);
    }
  };
  const filling = createFilling(store, center, trouble);
  const showing = createShowing(store, center, trouble);
  const greeting = createGreeting({ store, peers, clock, steady, trouble });

  function came(t: 'pullAnswered' | 'liveArrived', page: StreamPage): void {
    if (!closed) happen({ t, page: pages.came(page) });
  }

  function hello(): void {
    const guesses = untoldGuesses(store);
    const cursorHash = store.cursorHash();
    const input: HelloIn = {
      wire: WIRE_VERSION,
      build: options.build,
      reads: [...options.reads],
      cursor: store.cursor(),
      ...(cursorHash === null ? {} : { cursorHash }),
      logs: store.held().slice(-HELLO_LOGS),
      lanAddress: options.lanAddress,
      grants: grants(),
      keys: store.keysHeld(),
      asksOlder: true,
      ...(guesses.length > 0 ? { guesses: [...guesses] } : {}),
    };
    const sentAt = steady();
    const answered = (answer: HelloOut): void => {
      jumpAgainst = clock() - steady();
      guessesTold(store, guesses);
      greeting.take(answer, steady() - sentAt, new Set(state.peers.keys()));
      // A disk that refuses fails the greeting, which is said again: what is decided of an answer cannot be half done.
      store.beginEpoch(answer.epoch);
      reach.greeted(null);
      happen({ t: 'helloAnswered', epoch: answer.epoch, head: answer.head, wants: answer.wants });
      outbox.retry();
      keepNumbers();
      showing.show();
    };
    exchange(
      () => center.hello(input),
      answered,
      (why, said) => {
        reach.greeted(why === 'unreachable' ? null : said);
        happen({ t: 'helloFailed', why });
      },
      true,
    );
  }

  function push({ lane, push: id, logs }: Extract<SyncEffect, { readonly do: 'push' }>): void {
    const { push: input, through } = pushOf(store, logs);
    happen({ t: 'pushLeft', lane, push: id, through });
    if (input.frames.length === 0) {
      happen({ t: 'pushAnswered', lane, push: id, epoch: state.epoch ?? '', acks: [], problems: [] });
      return;
    }
    exchange(
      () => center.push(input),
      (answer) => {
        store.acknowledge(answer.acks, takenOf(input.frames, answer.problems));
        const acks = answer.acks.filter((ack) => ack.epoch === answer.epoch);
        happen({ t: 'pushAnswered', lane, push: id, epoch: answer.epoch, acks, problems: answer.problems });
      },
      (why) => happen({ t: 'pushFailed', lane, push: id, why }),
    );
  }

  function openLive(): void {
    const mine = ++liveLine;
    const current = (): boolean => !closed && mine === liveLine;
    live = center.live({
      onUp: () => current() && happen({ t: 'liveUp' }),
      onPage: (page) => current() && came('liveArrived', page),
      onPresence: (presence) => current() && heard(presence),
      onDown: () => current() && happen({ t: 'liveDown' }),
      onRoster: () => current() && happen({ t: 'rosterChanged' }),
      onSessionEnded: (session) => current() && options.onSessionEnded?.(session),
      onTold: () => current() && options.onTold?.(),
    });
  }
  function closeLive(): void {
    liveLine++;
    live?.close();
    live = null;
  }

  function heard(presence: Presence): void {
    for (const listener of presenceListeners) listener(presence);
  }

  function timer(name: TimerName): void {
    running.delete(name);
    if (name === 'check' && Math.abs(clock() - steady() - jumpAgainst) > CLOCK_JUMP) {
      jumpAgainst = clock() - steady();
      happen({ t: 'rosterChanged' });
    }
    happen({ t: 'timer', timer: name });
  }
  function disarm(name: TimerName): void {
    running.get(name)?.();
    running.delete(name);
  }

  const doing: Doing = {
    hello,
    abandon: () => {
      giveUp();
      center.abandon();
    },
    // The store began it with the answer. Pages of the old epoch that still wait are found not to be next.
    beginEpoch: () => pages.beginEpoch(),
    pull: ({ epoch, after, limit }) =>
      exchange(
        () => center.pull(epoch, after, limit, pages.hashAt(after)),
        (page) => came('pullAnswered', page),
        (why) => happen({ t: 'pullFailed', why }),
      ),
    apply: ({ page }) => {
      const held = pages.take(page);
      if (held) incoming.page(held);
    },
    keep: ({ page }) => pages.keep(page),
    forgetKept: pages.forgetKept,
    fetchSnapshot: () =>
      exchange(
        () => center.snapshot(),
        (snapshot) => {
          store.applySnapshot(snapshot);
          // Its heads are of the center's own logs too, and those are not for peers.
          const exchanged = new Set(store.heads().map(({ log }) => log));
          const heads = snapshot.heads.filter(({ log }) => exchanged.has(log));
          happen({ t: 'snapshotArrived', cursor: snapshot.cursor, heads });
        },
        (why) => happen({ t: 'snapshotFailed', why }),
      ),
    push,
    openLive,
    closeLive,
    sendHeads: ({ peer, logs, centerReached }) => {
      const message: PeerMessage = {
        t: 'heads',
        cursor: store.cursor(),
        logs: Object.fromEntries(logs.map(({ log, seq }) => [log, seq])),
        reads: [...options.reads],
        centerReached,
      };
      peers?.send(peer, message);
    },
    sendFrames: ({ peer, log, from, to }) => toPeers?.frames(peer, log, from, to),
    arm: ({ timer: name, ms }) => {
      disarm(name);
      running.set(
        name,
        timers.after(ms, () => timer(name)),
      );
    },
    disarm: ({ timer: name }) => disarm(name),
    recount: () => {
      happen({ t: 'counted', unacknowledged: store.unacknowledged() });
      filling.fill();
      if (state.center === 'up') showing.show();
      // A year may be about to end while nothing else happens here.
      keepNumbers();
    },
    sendRequests: () =>
      exchange(
        outbox.send,
        (outcome) => happen({ t: 'requestsSent', ...outcome }),
        (why) => happen({ t: 'requestsSent', again: null, why }),
      ),
  };

  function noted(station: string, reads: readonly string[]): void {
    try {
      store.heardReads(station, reads);
    } catch (error) {
      trouble('What a peer reads could not be kept', error);
    }
  }

  function changed(change: Change): void {
    if (change.origin === 'here') {
      slices.acted();
      const appended = new Map<string, number>();
      for (const fact of change.facts) appended.set(fact.log, Math.max(fact.seq, appended.get(fact.log) ?? 0));
      for (const [log, seq] of appended) happen({ t: 'localAppended', log, seq });
    }
    if (change.requests) happen({ t: 'requestDue' });
    if (
      state.center === 'up' &&
      change.facts.some((fact) => fact.type === 'incident.opened' && fact.log === store.log())
    )
      keepNumbers();
  }
  const stopWatching = store.onChange(changed);

  peers?.on({
    onUp: (station) => happen({ t: 'peerUp', station }),
    onDown: (station) => {
      toPeers?.forget(station);
      happen({ t: 'peerDown', station });
    },
    onMessage: (station, message) => {
      if (closed) return;
      if (message.t === 'presence') heard({ ...message.presence, station });
      else if (message.t === 'frames') return incoming.frames(station, message.frames, message.keys);
      else {
        noted(station, message.reads);
        const logs = Object.entries(message.logs).map(([log, seq]) => ({ log, seq }));
        happen({ t: 'peerMessage', station, centerReached: message.centerReached, logs });
      }
      return;
    },
  });
  greeting.reachPeers(store.roster());
  happen({
    t: 'started',
    cursor: store.cursor(),
    heads: store.heads(),
    unacknowledged: store.unacknowledged(),
    log: store.log(),
  });

  return {
    now: reach.now,
    onChange: reach.onChange,
    wake: () => {
      outbox.retry();
      happen({ t: 'requestDue' });
    },
    sendPresence: (presence) => {
      live?.presence(presence);
      for (const [station, peer] of state.peers)
        if (state.center !== 'up' || !peer.centerReached) peers?.send(station, { t: 'presence', presence });
    },
    onPresence: (listener) => {
      presenceListeners.add(listener);
      return () => presenceListeners.delete(listener);
    },
    networkReturned: () => happen({ t: 'networkReturned' }),
    state: () => state,
    close: async () => {
      closed = true;
      stopWatching();
      for (const stop of running.values()) stop();
      running.clear();
      slices.clear();
      closeLive();
      center.abandon();
      await peers?.close();
    },
  };
}
