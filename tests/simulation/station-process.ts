/** A workstation's process while it runs: the shipped store, sync and board, over a clock and a network that misbehave. */

import type { Me } from '../../domain/bridge/calls.ts';
import { applyPatch, type TopicState } from '../../domain/bridge/topics.ts';
import { readHeader } from '../../domain/kernel/fact.ts';
import type { Folded } from '../../domain/kernel/fold.ts';
import type { Clock, EntityRef } from '../../domain/kernel/ids.ts';
import { isErasure } from '../../domain/kernel/kernel.ts';
import type { StreamPage } from '../../domain/kernel/stream.ts';
import { createDispatch } from '../../server-bridge/dispatch/dispatch.ts';
import type { Dispatch } from '../../server-bridge/dispatch/port.ts';
import { keepRested } from '../../server-bridge/resting.ts';
import { fixedSessions } from '../../server-bridge/session/fixed.ts';
import type { OpenStore } from '../../server-bridge/store/open.ts';
import type { Change } from '../../server-bridge/store/store.ts';
import { type Sync, startSync } from '../../server-bridge/sync/engine.ts';
import type { CenterNode } from './center-node.ts';
import type { Chance } from './chance.ts';
import type { Kept } from './drive.ts';
import { heardBy } from './heard.ts';
import type { Network } from './network.ts';
import { centerPort, type Lan, type SimulatedCenterPort } from './ports.ts';
import { isFull, living, PowerCut } from './power.ts';
import type { Installed, Witness } from './readers.ts';
import type { Site } from './roster.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Watcher {
  readonly changed: (station: string, change: Change) => void;
  /** The disk of a station is now this: what is on it may be older than what was, or, where it was damaged, what it `keeps`. */
  readonly opened: (station: string, store: OpenStore, keeps?: Kept) => void;
  /** It was given these as they are folded, and not their facts. */
  readonly began: (station: string, store: OpenStore, folded: ReadonlySet<string>) => void;
  readonly trouble: (station: string, what: string, error: unknown) => void;
}

export interface StationProcess {
  readonly store: OpenStore;
  readonly sync: Sync;
  readonly dispatch: Dispatch;
  readonly center: SimulatedCenterPort;
  board: TopicState;
  presence: TopicState;
  me: Me;
  dead: boolean;
  /** Nothing of it runs on, and nothing reaches it. Its store is left as it is. */
  readonly die: () => void;
}

export interface StationWorld {
  readonly site: Site;
  readonly time: VirtualTime;
  readonly network: Network;
  readonly lan: Lan;
  readonly center: CenterNode;
  readonly watcher: Watcher;
  readonly witness: Witness;
}

/** The build that a process is of, and what of it runs. */
export interface Build extends Pick<Installed, 'reads' | 'newer'> {
  /** Told that its store has rested, where it rests while nothing happens; null where it never does. */
  readonly rested: (() => void) | null;
}

/** Of what was erased a snapshot says that, and nothing else. */
function erasedIn({ items }: StreamPage): readonly EntityRef[] {
  const headers = items.flatMap((item) => ('frame' in item ? (readHeader(item.frame.h) ?? []) : []));
  return headers.flatMap((header) => (isErasure(header) ? header.about : []));
}

/** What it is set up with: the roster, and somebody who has signed in with the center. */
function setUp(store: OpenStore, name: string, { center }: StationWorld): void {
  if (!store.roster()) {
    const { roster, siteKeys } = center.given();
    store.saveRoster(roster, siteKeys);
  }
  if (store.grants().length === 0) {
    const first = center.accounts.signIn(store.identity.station, name);
    if (first) store.saveGrant(first, 'verifier');
  }
}

/** As an offline sign-in does: by the newest grant that is held. */
function signedIn(store: OpenStore, name: string, site: Site): Me {
  const [newest] = store
    .grants()
    .map(({ grant }) => grant)
    .sort((a, b) => b.issuedAt - a.issuedAt);
  const whose = site.stations.find((station) => site.me(station).user === newest?.user) ?? name;
  const { position, positionName } = site.me(name);
  return { ...site.me(whose), position, positionName, ...(newest ? { session: newest.id } : {}) };
}

/** Tells of what a snapshot gave as it is folded. */
function toldOfSnapshots(store: OpenStore, name: string, { began }: Watcher): OpenStore {
  return {
    ...store,
    applySnapshot: (snapshot) => {
      store.applySnapshot(snapshot);
      const folded = (snapshot.folded as unknown as Folded[]).map(({ ref }) => ref);
      began(name, store, new Set([...folded, ...erasedIn(snapshot.page)]));
    },
  };
}

/** Keeps what a topic shows up to date in `show`. */
function follow(dispatch: Dispatch, topic: string, seat: string, show: (state: TopicState) => void): void {
  let state: TopicState = {};
  const watch = dispatch.watch(topic, { seat }, (delta) => {
    state = applyPatch(state, { n: 0, ...delta });
    show(state);
  });
  if (!watch.ok) throw new Error(watch.refusal.message);
  state = watch.value.state;
  show(state);
}

/** Starts a process on a store that was opened for it; it lives until it is told to die. */
export function startProcess(
  name: string,
  world: StationWorld,
  store: OpenStore,
  build: Build,
  clock: Clock,
  chance: Chance,
): StationProcess {
  const { site, time, watcher, witness } = world;
  const { station: id } = store.identity;
  setUp(store, name, world);
  let me: StationProcess | null = null;
  const signed = signedIn(store, name, site);
  const timers = {
    after: (ms: number, run: () => void) =>
      time.after(
        ms,
        living(() => me, run),
      ),
  };
  const random = (length: number): Uint8Array => chance.bytes(length);
  const center = centerPort(id, world.center, world.network, time, chance);
  const lan = world.lan.port(id);
  watcher.opened(name, store);
  const trouble = (what: string, error: unknown): void => {
    if (!(error instanceof PowerCut || isFull(error))) watcher.trouble(name, what, error);
  };
  store.onListenerFailed((error) => {
    // Nobody is left to be answered.
    if (error instanceof PowerCut) throw error;
    trouble('store listener', error);
  });
  const { rested } = build;
  const rest = (): void => {
    store.rest();
    rested?.();
  };
  if (rested) keepRested({ onChange: store.onChange, rest }, timers, trouble);
  store.onChange((change) => {
    if (me?.dead) return;
    watcher.changed(name, change);
    if (change.origin === 'here') witness.wrote(name, change.facts);
  });
  const sync = startSync({
    store: toldOfSnapshots(store, name, watcher),
    ...heardBy(witness, name, { center, lan }, () => me),
    timers,
    clock,
    steady: time.now,
    random,
    build: 'simulated',
    reads: build.reads,
    lanAddress: `${id}:1`,
    leaseSize: 20,
    leaseAt: 5,
    onTrouble: trouble,
  });
  // Where its store does not let it begin, what has begun ends with it.
  const ending = <T>(begin: () => T): T => {
    try {
      return begin();
    } catch (error) {
      if (me) me.dead = true;
      center.die();
      lan.die();
      throw error;
    }
  };
  const dispatch = ending(() =>
    createDispatch({
      store,
      clock,
      random,
      timers,
      sessions: {
        ...fixedSessions(site.me(name)),
        me: () => me?.me ?? signed,
        author: () => {
          const { position, session, user } = me?.me ?? signed;
          return { position, session, by: user };
        },
      },
      reach: sync,
      newer: build.newer,
      fault: trouble,
    }),
  );
  const mine: StationProcess = {
    store,
    sync,
    dispatch,
    center,
    board: {},
    presence: {},
    me: signed,
    dead: false,
    die: () => {
      mine.dead = true;
      center.die();
      lan.die();
    },
  };
  me = mine;
  ending(() => {
    follow(dispatch, 'board', name, (state) => {
      mine.board = state;
    });
    follow(dispatch, 'presence', name, (state) => {
      mine.presence = state;
    });
  });
  return mine;
}
