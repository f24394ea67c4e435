/** A workstation of a run: the shipped store, sync and board on a disk, a clock and a network that misbehave. */

import { CALLS, type CallInput, type CallName, type Me } from '../../domain/bridge/calls.ts';
import { applyPatch, type TopicState } from '../../domain/bridge/topics.ts';
import type { Fact } from '../../domain/kernel/fact.ts';
import type { EffectsOf, Folded } from '../../domain/kernel/fold.ts';
import { effectsOf, READS } from '../../domain/modules.ts';
import { createDispatch } from '../../server-bridge/dispatch/dispatch.ts';
import type { Answer, Dispatch } from '../../server-bridge/dispatch/port.ts';
import { fixedSessions } from '../../server-bridge/session/fixed.ts';
import type { OpenStore } from '../../server-bridge/store/open.ts';
import type { Change } from '../../server-bridge/store/store.ts';
import { type Sync, startSync } from '../../server-bridge/sync/engine.ts';
import type { CenterNode } from './center-node.ts';
import type { Chance } from './chance.ts';
import type { DiskImage, Drive } from './drive.ts';
import type { Network } from './network.ts';
import { centerPort, type Lan, type SimulatedCenterPort } from './ports.ts';
import { LATER, OLDER_READS, UNKNOWN_THERE, type Witness } from './readers.ts';
import { ORG, SITE, type Site } from './roster.ts';
import type { VirtualTime } from './virtual-time.ts';

/** Thrown where the power goes: nothing of the process runs on. */
export class PowerCut extends Error {}

export interface Watcher {
  readonly changed: (station: string, change: Change) => void;
  /** The disk of a station is now this: what is on it may be older than what was. */
  readonly opened: (station: string, store: OpenStore) => void;
  /** It was given these as they are folded, and not their facts. */
  readonly began: (station: string, store: OpenStore, folded: ReadonlySet<string>) => void;
  readonly trouble: (station: string, what: string, error: unknown) => void;
}

export interface StationNode {
  readonly name: string;
  readonly alive: () => boolean;
  readonly store: () => OpenStore;
  readonly sync: () => Sync;
  readonly board: () => TopicState;
  /** What others edit, as this station shows it. */
  readonly presence: () => TopicState;
  readonly older: () => boolean;
  readonly reads: (fact: Pick<Fact, 'type' | 'v'>) => boolean;
  readonly call: <N extends CallName>(name: N, input: CallInput<N>) => Answer<unknown>;
  /** Dies at once; the disk stays as it is. */
  readonly crash: () => void;
  /** Dies at its `commits`-th commit from now: right after it, or with that last write torn off. */
  readonly crashAt: (commits: number, torn: boolean) => void;
  /** Nothing that was to go wrong at a commit does. */
  readonly disarm: () => void;
  readonly copyDisk: () => DiskImage;
  readonly putBack: (disk: DiskImage) => void;
  /** Dies, and has an empty disk from then on. */
  readonly loseDisk: () => void;
  /** Somebody signs in anew, if the center is reached. */
  readonly signIn: () => void;
  /** Drops what is not needed any more of what is older than this, in ms. Returns how many facts. */
  readonly prune: (keep: number) => number;
  /** Ends in order, as an update does. */
  readonly stop: () => void;
  readonly start: () => void;
  readonly upgrade: () => void;
  /** Dies for good, and takes its disk with it. */
  readonly end: () => void;
  /** ms */
  readonly skew: (by: number) => void;
  readonly skewed: () => number;
}

interface Running {
  readonly store: OpenStore;
  readonly sync: Sync;
  readonly dispatch: Dispatch;
  readonly center: SimulatedCenterPort;
  readonly lan: ReturnType<Lan['port']>;
  board: TopicState;
  presence: TopicState;
  me: Me;
  dead: boolean;
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

export function createStationNode(
  name: string,
  world: StationWorld,
  drive: Drive,
  chance: Chance,
  older: boolean,
): StationNode {
  const { site, time, watcher, witness } = world;
  let skew = 0;
  let isOlder = older;
  let disk: DiskImage | null = null;
  let running: Running | null = null;
  /** Being ended in order: what is on its disk then is what counts. */
  let closing: OpenStore | null = null;
  let armed: { left: number; torn: boolean; before: DiskImage | null } | null = null;

  const clock = (): number => site.calendar.begin + Math.floor(time.now()) + skew;
  const reads = (): readonly string[] => (isOlder ? OLDER_READS : READS);
  const effects: EffectsOf = (fact) =>
    isOlder && !OLDER_READS.includes(`${fact.type}@${fact.v}`) ? null : effectsOf(fact);

  const onCommit = (): void => {
    if (closing) disk = drive.image(closing);
    if (!armed || !running) return;
    armed.left--;
    if (armed.left > 0) {
      if (armed.torn && armed.left === 1) armed.before = drive.image(running.store);
      return;
    }
    const cut = armed;
    armed = null;
    const after = drive.image(running.store);
    if (cut.before) witness.forgot(name);
    die(cut.before ? drive.torn(cut.before, after, chance) : after);
    throw new PowerCut();
  };

  /** Timers and callbacks of a dead process never run. */
  const living =
    <A extends unknown[]>(of: () => Running | null, run: (...args: A) => void) =>
    (...args: A): void => {
      const me = of();
      if (!me || me.dead) return;
      try {
        run(...args);
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
      }
    };

  function die(left: DiskImage): void {
    if (!running) return;
    disk = left;
    running.dead = true;
    running.center.die();
    running.lan.die();
    const { store } = running;
    running = null;
    // After what is on the stack has unwound.
    time.after(0, () => store.abandon());
  }

  function start(): void {
    if (running) return;
    const random = (length: number): Uint8Array => chance.bytes(length);
    const options = {
      deviceKey: site.deviceKeys.get(name) as string,
      identity: { org: ORG, site: SITE, station: name, short: name.toUpperCase().repeat(3), name },
      siteKeys: [site.siteKey],
      effectsOf: effects,
      reads: reads(),
      build: isOlder ? 'older' : 'this',
      clock,
      random,
      onCommit,
    };
    const opened = drive.open(disk, options);
    if (!opened.ok) throw new Error(`${name}: ${opened.message}`);
    const { store } = opened;
    if (!store.roster()) store.saveRoster(site.roster, [site.siteKey]);
    if (store.grants().length === 0) {
      const first = world.center.accounts.signIn(name);
      if (first) store.saveGrant(first, 'verifier');
    }
    let me: Running | null = null;
    // As an offline sign-in does: by the newest grant that is held.
    const [newest] = store
      .grants()
      .map(({ grant }) => grant)
      .sort((a, b) => b.issuedAt - a.issuedAt);
    const signed = { me: { ...site.me(name), ...(newest ? { session: newest.id } : {}) } };
    const timers = {
      after: (ms: number, run: () => void) =>
        time.after(
          ms,
          living(() => me, run),
        ),
    };
    const center = centerPort(name, world.center, world.network, time, chance);
    const lan = world.lan.port(name);
    watcher.opened(name, store);
    const linked = new Set<string>();
    store.onChange((change) => {
      if (me?.dead) return;
      watcher.changed(name, change);
      if (change.origin === 'here') witness.wrote(name, change.facts);
    });
    const sync = startSync({
      store: {
        ...store,
        applySnapshot: (snapshot) => {
          store.applySnapshot(snapshot);
          watcher.began(name, store, new Set((snapshot.folded as unknown as Folded[]).map(({ ref }) => ref)));
        },
      },
      center: {
        ...guarded(center, () => me),
        hello: async (input) => {
          const answer = await center.hello(input);
          if (!me?.dead) witness.answered(name, answer.older ?? [], linked);
          return answer;
        },
      },
      peers: {
        ...lan,
        on: (events) =>
          lan.on({
            onUp: living(
              () => me,
              (station) => {
                linked.add(station);
                events.onUp(station);
              },
            ),
            onDown: living(
              () => me,
              (station) => {
                linked.delete(station);
                events.onDown(station);
              },
            ),
            onMessage: living(
              () => me,
              (station, message) => {
                if (message.t === 'heads') witness.said(name, station, message.reads);
                void events.onMessage(station, message);
              },
            ),
          }),
      },
      timers,
      clock,
      steady: time.now,
      random,
      build: 'simulated',
      reads: reads(),
      lanAddress: `${name}:1`,
      leaseSize: 20,
      leaseAt: 5,
      onTrouble: (what, error) => {
        if (!(error instanceof PowerCut)) watcher.trouble(name, what, error);
      },
    });
    const dispatch = createDispatch({
      store,
      clock,
      random,
      timers,
      sessions: {
        ...fixedSessions(site.me(name)),
        me: () => (me ?? signed).me,
        author: () => {
          const { position, session, user } = (me ?? signed).me;
          return { position, session, by: user };
        },
      },
      reach: sync,
      newer: isOlder ? UNKNOWN_THERE : LATER,
      fault: (what: string, error: unknown) => {
        if (!(error instanceof PowerCut)) watcher.trouble(name, what, error);
      },
    });
    me = { store, sync, dispatch, center, lan, board: {}, presence: {}, me: signed.me, dead: false };
    const mine = me;
    const watch = dispatch.watch('board', { seat: name }, (delta) => {
      mine.board = applyPatch(mine.board, { n: 0, ...delta });
    });
    if (!watch.ok) throw new Error(watch.refusal.message);
    mine.board = watch.value.state;
    const others = dispatch.watch('presence', { seat: name }, (delta) => {
      mine.presence = applyPatch(mine.presence, { n: 0, ...delta });
    });
    if (!others.ok) throw new Error(others.refusal.message);
    mine.presence = others.value.state;
    running = me;
  }

  const up = (): Running => {
    if (!running) throw new Error(`${name} is down`);
    return running;
  };

  return {
    name,
    alive: () => running !== null,
    store: () => up().store,
    sync: () => up().sync,
    board: () => up().board,
    presence: () => up().presence,
    older: () => isOlder,
    reads: (fact) => !isOlder || OLDER_READS.includes(`${fact.type}@${fact.v}`),
    call: (call, input) => {
      // Through the bridge's door, as a window's call comes.
      const answer = up().dispatch.call(call, CALLS[call].input.parse(input) as typeof input, { seat: name });
      if (answer instanceof Promise) throw new Error(`${call} did not answer at once`);
      return answer;
    },
    crash: () => {
      armed = null;
      if (running) die(drive.image(running.store));
    },
    crashAt: (commits, torn) => {
      if (running) armed = { left: commits, torn, before: torn && commits === 1 ? drive.image(running.store) : null };
    },
    disarm: () => {
      armed = null;
    },
    copyDisk: () => drive.image(up().store),
    signIn: () => {
      const mine = up();
      mine.center.signIn().then(
        living(
          () => mine,
          (grant) => {
            mine.store.saveGrant(grant, 'verifier');
            mine.me = { ...mine.me, session: grant.session };
          },
        ),
        () => undefined,
      );
    },
    prune: (keep) => {
      const { store } = up();
      return store.prune(store.now() - keep);
    },
    putBack: (older) => {
      armed = null;
      witness.forgot(name);
      if (running) die(older);
      else disk = older;
    },
    loseDisk: () => {
      armed = null;
      witness.forgot(name);
      if (running) die(drive.image(running.store));
      disk = null;
    },
    stop: () => {
      armed = null;
      if (!running) return;
      const { store, dispatch, sync, center, lan } = running;
      dispatch.close();
      void sync.close();
      running.dead = true;
      running = null;
      center.die();
      lan.die();
      disk = drive.image(store);
      closing = store;
      store.close();
      closing = null;
    },
    start,
    upgrade: () => {
      isOlder = false;
    },
    end: () => {
      armed = null;
      if (running) {
        const { store } = running;
        running.dead = true;
        running.center.die();
        running.lan.die();
        running = null;
        store.abandon();
      }
      drive.close();
    },
    skew: (by) => {
      skew = by;
    },
    skewed: () => skew,
  };
}

/** Answers reach a process only while it lives, and a power cut in what they set off ends there. */
function guarded(port: SimulatedCenterPort, me: () => Running | null): SimulatedCenterPort {
  const safe = (run: () => void): void => {
    if (me()?.dead) return;
    try {
      run();
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
  };
  return {
    ...port,
    live: (events) =>
      port.live({
        onUp: () => safe(events.onUp),
        onPage: (page) => safe(() => events.onPage(page)),
        onPresence: (presence) => safe(() => events.onPresence(presence)),
        onDown: (reason) => safe(() => events.onDown(reason)),
        onRoster: () => safe(events.onRoster),
        onSessionEnded: (session) => safe(() => events.onSessionEnded(session)),
      }),
  };
}
