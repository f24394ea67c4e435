/** Carries out the sync decisions over the store, the center, the peers and timers, and reports what came of them. */
import type { Clock, RandomBytes } from '../../domain/kernel/ids.ts';
import type { PeerMessage, Presence } from '../../domain/wire/sync.ts';
import type { Change, Store } from '../store/store.ts';
import { createAlarms } from './alarms.ts';
import { createAsking } from './asking.ts';
import { createClockJumps } from './clock-jumps.ts';
import { createDeciding } from './deciding.ts';
import { createExchanges } from './exchanges.ts';
import { createFilling } from './filling.ts';
import { hearPeers } from './from-peers.ts';
import { createGreeting } from './greeting.ts';
import { createIncoming } from './incoming.ts';
import { createLiveLine } from './live-line.ts';
import { createOutbox } from './outbox.ts';
import { createToPeers } from './outgoing.ts';
import { createPages } from './pages.ts';
import type { CenterPort, PeersPort, Timers } from './ports.ts';
import { createReach, type Reached } from './reach.ts';
import { createShowing } from './showing.ts';
import { createSlices } from './slices.ts';
import type { Doing, SyncState } from './state.ts';
import { createTakingAgain, type TakingAgain } from './taking-again.ts';

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
  /** Whoever else of this station waits for its disk; one of its own without it. */
  readonly takingAgain?: TakingAgain;
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

/** Starts keeping a station in step with the center and its peers. */
export function startSync(options: SyncOptions): Sync {
  const { store, center, peers, timers, clock, steady } = options;
  const trouble = options.onTrouble ?? (() => undefined);
  let closed = false;
  const presenceListeners = new Set<(presence: Presence) => void>();

  const luck = (): number => {
    const [a = 0, b = 0, c = 0] = options.random(3);
    return (a * 65_536 + b * 256 + c) / 16_777_216;
  };

  const deciding = createDeciding({
    luck,
    doing: () => doing,
    onDecided: (event) => 'page' in event && pages.decided(event.page.id),
    onRest: () => {
      // After what is asked of the center: the next page is on its way while this one is taken.
      slices.begin();
      // As it is after that: taking a page is an event of its own.
      reach.saw(deciding.state());
    },
  });
  const { happen, state } = deciding;
  function heard(presence: Presence): void {
    for (const listener of presenceListeners) listener(presence);
  }

  const pages = createPages(store);
  const reach = createReach(store);
  const jumps = createClockJumps(clock, steady);
  const slices = createSlices(timers, steady);
  const takingAgain = options.takingAgain ?? createTakingAgain(store, timers, trouble);
  const incoming = createIncoming(store, slices, takingAgain.onceTaken, happen, trouble);
  const toPeers = peers && createToPeers(store, peers, timers);
  const filling = createFilling(store, center, trouble);
  const showing = createShowing(store, center, trouble);
  const forgotten = (): void => happen({ t: 'rosterChanged' });
  const greeting = createGreeting({ store, peers, clock, steady, trouble, forgotten });
  const { run: exchange, giveUp, giveUpGreeting } = createExchanges(() => closed, trouble);
  const { leaseSize = 200, leaseAt = 50 } = options;
  const outbox = createOutbox({
    ...{ store, center, steady, random: options.random, luck, leaseSize, leaseAt },
    onceTaken: takingAgain.onceTaken,
    due: () => happen({ t: 'requestDue' }),
  });
  const keepNumbers = (): void => {
    try {
      outbox.keepNumbers();
    } catch (error) {
      trouble('Numbers could not be asked for', error);
    }
  };
  const alarms = createAlarms(timers, (timer) => {
    if (timer === 'check' && jumps.jumped()) happen({ t: 'rosterChanged' });
    happen({ t: 'timer', timer });
  });
  const live = createLiveLine({
    center,
    happen,
    onPage: (page) => {
      if (!closed) happen({ t: 'liveArrived', page: pages.came(page) });
    },
    onPresence: heard,
    onSessionEnded: options.onSessionEnded,
    onTold: options.onTold,
  });

  const doing: Doing = {
    ...createAsking({
      ...{ store, center, exchange, pages, outbox, happen, steady },
      build: options.build,
      reads: options.reads,
      lanAddress: options.lanAddress,
      epoch: () => state().epoch,
      greeting: {
        answered: (answer, roundTrip) => {
          jumps.measured();
          greeting.take(answer, roundTrip, new Set(state().peers.keys()));
        },
        ended: reach.greeted,
        lacked: greeting.lacked,
        heard: () => {
          outbox.retry();
          keepNumbers();
          showing.show();
        },
      },
    }),
    abandon: () => {
      giveUp();
      center.abandon();
    },
    abandonGreeting: () => {
      giveUpGreeting();
      center.abandonGreeting();
    },
    // The store began it with the answer. Pages of the old epoch that still wait are found not to be next.
    beginEpoch: () => pages.beginEpoch(),
    apply: ({ page }) => {
      const held = pages.take(page);
      if (held) incoming.page(held);
    },
    keep: ({ page }) => pages.keep(page),
    forgetKept: pages.forgetKept,
    openLive: live.open,
    closeLive: live.close,
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
    arm: ({ timer, ms }) => alarms.arm(timer, ms),
    disarm: ({ timer }) => alarms.disarm(timer),
    recount: () => {
      happen({ t: 'counted', unacknowledged: store.unacknowledged() });
      filling.fill();
      if (state().center === 'up') showing.show();
      // A year may be about to end while nothing else happens here.
      keepNumbers();
    },
  };

  function changed({ origin, facts, requests, wanted }: Change): void {
    if (origin === 'here') {
      slices.acted();
      const appended = new Map<string, number>();
      for (const fact of facts) appended.set(fact.log, Math.max(fact.seq, appended.get(fact.log) ?? 0));
      for (const [log, seq] of appended) happen({ t: 'localAppended', log, seq });
    }
    if (requests) happen({ t: 'requestDue' });
    // Otherwise it is looked at once the center is reached.
    if (wanted && state().center === 'up') filling.fill();
    const numbered = facts.some((fact) => fact.type === 'incident.opened' && fact.log === store.log());
    if (numbered && state().center === 'up') keepNumbers();
  }
  const stopWatching = store.onChange(changed);

  if (peers && toPeers)
    hearPeers(peers, { store, toPeers, incoming, happen, onPresence: heard, closed: () => closed, trouble });
  greeting.reachPeers(store.roster());
  happen({
    t: 'started',
    cursor: store.cursor(),
    heads: store.spokenHeads(),
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
      live.presence(presence);
      const { center: reached, peers: linked } = state();
      for (const [station, peer] of linked)
        if (reached !== 'up' || !peer.centerReached) peers?.send(station, { t: 'presence', presence });
    },
    onPresence: (listener) => {
      presenceListeners.add(listener);
      return () => presenceListeners.delete(listener);
    },
    networkReturned: () => happen({ t: 'networkReturned' }),
    state,
    close: async () => {
      closed = true;
      deciding.close();
      stopWatching();
      alarms.close();
      slices.clear();
      takingAgain.stop();
      live.close();
      center.abandon();
      await peers?.close();
    },
  };
}
