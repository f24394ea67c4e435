/** A workstation of a run, from its first start to its end: its processes come and go, its disk stays as the last one left it. */

import { CALLS, type CallInput, type CallName } from '../../domain/bridge/calls.ts';
import type { TopicState } from '../../domain/bridge/topics.ts';
import type { Fact } from '../../domain/kernel/fact.ts';
import type { EffectsOf } from '../../domain/kernel/fold.ts';
import { type EntityRef, idOf } from '../../domain/kernel/ids.ts';
import { effectsOf, READS } from '../../domain/modules.ts';
import type { Answer } from '../../server-bridge/dispatch/port.ts';
import type { OpenStore } from '../../server-bridge/store/open.ts';
import type { Sync } from '../../server-bridge/sync/engine.ts';
import type { Chance } from './chance.ts';
import type { Damaged, DiskImage, Drive, Kept } from './drive.ts';
import { DiskFull, isDamaged, living, PowerCut, unlessFull } from './power.ts';
import { LATER, OLDER_READS, UNKNOWN_THERE } from './readers.ts';
import { ORG, SITE } from './roster.ts';
import { type StationProcess, type StationWorld, startProcess, type Watcher } from './station-process.ts';

export interface StationNode {
  readonly name: string;
  /** Under which it is enrolled. */
  readonly id: () => string;
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
  /** Nothing that was to go wrong at a commit does, and there is space on its disk. */
  readonly disarm: () => void;
  /** From now on its disk refuses that share of what is written: 1 is a full one. 0 ends it. */
  readonly fillDisk: (share: number) => void;
  readonly copyDisk: () => DiskImage;
  readonly putBack: (disk: DiskImage) => void;
  /** Dies, and has an empty disk from then on. */
  readonly loseDisk: () => void;
  /** Dies, and its disk is damaged meanwhile; false where it is one that cannot be. */
  readonly damageDisk: () => boolean;
  /** A station's person, its own or another's, signs in here: by what is held of them where the center is not reached. */
  readonly signIn: (whose?: string) => void;
  /** Somebody has an incident open for so long, in ms, of which some facts lie at the center alone; null where there is none. */
  readonly readOld: (by: Chance, ms: number) => EntityRef | null;
  /** Drops what is not needed any more of what is older than this, in ms. Returns how many facts. */
  readonly prune: (keep: number) => number;
  /** Ends in order, as an update does. */
  readonly stop: () => void;
  readonly start: () => void;
  /** Ends in order, and is enrolled anew: it is another workstation from then on, and begins with what it held. */
  readonly enrolAnew: () => void;
  readonly upgrade: () => void;
  /** Dies for good, and takes its disk with it. */
  readonly end: () => void;
  /** ms */
  readonly skew: (by: number) => void;
  readonly skewed: () => number;
}

/** Of a store that is taken over whole, also what has to wait there for what comes before it. */
const WHOLE: Kept = { fact: () => true, key: () => true };

/** Incidents among which one is chosen to be read. */
const MOST_READ = 400;

export function createStationNode(
  name: string,
  world: StationWorld,
  drive: Drive,
  chance: Chance,
  older: boolean,
  rests: boolean,
): StationNode {
  const { site, time, witness, watcher } = world;
  let skew = 0;
  let isOlder = older;
  let disk: DiskImage | null = null;
  let running: StationProcess | null = null;
  /** Being ended in order: what is on its disk then is what counts. */
  let closing: OpenStore | null = null;
  let armed: { left: number; torn: boolean; before: DiskImage | null } | null = null;
  /** Of what is written the disk refuses this share. */
  let full = 0;
  const refuses = chance.fork('full disk');
  const damages = chance.fork('damage');
  /** What its disk still has, since it was damaged and until it was salvaged. */
  let damaged: Damaged | null = null;
  /** Also of a copy that was made of it then. */
  let harmed = false;
  let salvages = false;
  /** How often it has been enrolled, and as which of these it works: a disk that goes back is of an earlier one. */
  let times = 1;
  let enrolled = 1;
  const copiedAs = new WeakMap<DiskImage, number>();
  /** Its store is that of who it was before. */
  let anew = false;
  const id = (): string => (enrolled === 1 ? name : `${name}-${enrolled}`);
  const short = (): string =>
    name
      .toUpperCase()
      .repeat(3)
      .slice(0, enrolled === 1 ? 3 : 2) + (enrolled === 1 ? '' : enrolled);

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

  // A workstation is set up, and starts, on a disk that has space.
  const onWrite = (): void => {
    if (full > 0 && running && refuses.happens(full)) throw new DiskFull();
  };

  /** What was copied back is on disk before anything else is written: a write that is torn later is torn off that. */
  const rested = (): void => {
    if (armed?.before && running) armed.before = drive.image(running.store);
  };

  function die(left: DiskImage): void {
    if (!running) return;
    disk = left;
    running.die();
    const { store } = running;
    running = null;
    // After what is on the stack has unwound.
    time.after(0, () => store.abandon());
  }

  function start(): void {
    if (running) return;
    const options = {
      deviceKey: site.deviceKey(id()),
      identity: { org: ORG, site: SITE, station: id(), short: short(), name },
      siteKeys: disk === null ? world.center.given().siteKeys : [site.siteKey],
      effectsOf: effects,
      reads: reads(),
      build: isOlder ? 'older' : 'this',
      clock,
      random: (length: number): Uint8Array => chance.bytes(length),
      onCommit,
      onWrite,
    };
    let opened = salvages || (anew && disk !== null) ? null : drive.open(disk, options);
    const isHarmed = disk !== null && harmed && (!opened || (!opened.ok && opened.state === 'corrupted'));
    const isSalvaged = isHarmed || (anew && disk !== null);
    if (isSalvaged) opened = drive.salvage(disk as DiskImage, options);
    if (!opened?.ok) throw new Error(`${name}: ${opened?.message}`);
    salvages = false;
    const isAnew = anew;
    anew = false;
    const build = { reads: reads(), newer: isOlder ? UNKNOWN_THERE : LATER, rested: rests ? rested : null };
    const { store } = opened;
    try {
      running = startProcess(
        name,
        { ...world, watcher: seen(isAnew ? WHOLE : undefined) },
        store,
        build,
        clock,
        chance,
      );
    } catch (error) {
      if (!(harmed && isDamaged(error))) throw error;
      metDamage(store);
      return;
    }
    if (isSalvaged) damaged = null;
    else if (harmed) scrub(running, damages.between(0, 90_000));
  }

  /** Looks for damage that nothing has met, as the product does all the time. */
  function scrub(mine: StationProcess, wait: number): void {
    time.after(wait, () => {
      if (running !== mine) return;
      let found = mine.store.scrub(1_000);
      while (found === 'more') found = mine.store.scrub(1_000);
      if (found === 'corrupted') metDamage(mine.store);
      else damaged = null;
    });
  }

  /** What the product's process does: it ends, and the next one salvages. */
  function metDamage(store: OpenStore): void {
    salvages = true;
    const left = drive.image(store);
    if (running) die(left);
    else {
      disk = left;
      store.abandon();
    }
    time.after(1_000, start);
  }

  function seen(keeps?: Kept): Watcher {
    return {
      ...watcher,
      opened: (station, store) => watcher.opened(station, store, damaged?.keeps ?? keeps),
      trouble: (station, what, error) => {
        if (!(harmed && isDamaged(error))) watcher.trouble(station, what, error);
        // What else its end cuts short says the same once more.
        else if (running) metDamage(running.store);
      },
    };
  }

  function endInOrder(): void {
    armed = null;
    if (!running) return;
    const { store, dispatch, sync } = running;
    dispatch.close();
    void sync.close();
    running.die();
    running = null;
    disk = drive.image(store);
    closing = store;
    store.close();
    closing = null;
  }

  const up = (): StationProcess => {
    if (!running) throw new Error(`${name} is down`);
    return running;
  };

  return {
    name,
    id,
    alive: () => running !== null,
    store: () => up().store,
    sync: () => up().sync,
    board: () => up().board,
    presence: () => up().presence,
    older: () => isOlder,
    reads: (fact) => !isOlder || OLDER_READS.includes(`${fact.type}@${fact.v}`),
    call: (call, input) => {
      // Through the bridge's door, as a window's call comes.
      const { dispatch, store } = up();
      const held = full > 0 ? headsOf(store) : null;
      const answer = dispatch.call(call, CALLS[call].input.parse(input) as typeof input, { seat: name });
      if (answer instanceof Promise) throw new Error(`${call} did not answer at once`);
      if (held !== null && !answer.ok && headsOf(store) !== held)
        watcher.trouble(name, `${call} was refused and left something behind`, answer.refusal.message);
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
      full = 0;
    },
    fillDisk: (share) => {
      full = share;
    },
    copyDisk: () => {
      const copy = drive.image(up().store);
      copiedAs.set(copy, enrolled);
      return copy;
    },
    signIn: (whose = name) => {
      const mine = up();
      const { position, positionName } = site.me(name);
      const takesOver = (session: string): void => {
        mine.me = { ...site.me(whose), position, positionName, session };
      };
      mine.center.signIn(whose).then(
        living(
          () => mine,
          (grant) =>
            unlessFull(() => {
              mine.store.saveGrant(grant, 'verifier');
              takesOver(grant.session);
            }),
        ),
        living(
          () => mine,
          () => {
            const held = mine.store
              .grants()
              .find(({ grant, verifier }) => grant.user === site.me(whose).user && verifier !== '');
            if (held && whose !== name) takesOver(held.grant.id);
          },
        ),
      );
    },
    readOld: (by, ms) => {
      const mine = up();
      const { store } = mine;
      try {
        const old = store.back('incident', null, MOST_READ).flatMap(({ ref }) => (store.lacksFacts(ref) ? [ref] : []));
        if (old.length === 0) return null;
        const ref = by.pick(old);
        const watched = mine.dispatch.watch(`incident:${idOf(ref)}`, { seat: name }, () => undefined);
        if (watched.ok)
          time.after(
            ms,
            living(() => mine, watched.value.stop),
          );
        return ref;
      } catch (error) {
        if (!(harmed && isDamaged(error))) throw error;
        metDamage(store);
        return null;
      }
    },
    prune: (keep) => {
      const { store } = up();
      let dropped = 0;
      unlessFull(() => {
        ({ dropped } = store.prune(store.now() - keep));
      });
      return dropped;
    },
    putBack: (older) => {
      armed = null;
      witness.forgot(name);
      if (running) die(older);
      else disk = older;
      enrolled = copiedAs.get(older) ?? enrolled;
    },
    loseDisk: () => {
      armed = null;
      witness.forgot(name);
      if (running) die(drive.image(running.store));
      disk = null;
    },
    damageDisk: () => {
      if (!drive.damaged) return false;
      armed = null;
      witness.forgot(name);
      if (running) die(drive.image(running.store));
      if (!disk) return false;
      harmed = true;
      damaged = drive.damaged(disk, damages);
      disk = damaged.image;
      return true;
    },
    stop: endInOrder,
    start,
    enrolAnew: () => {
      // What is on a disk that went back is seen before.
      if (disk) start();
      endInOrder();
      enrolled = ++times;
      anew = true;
      world.center.enrol(id());
      start();
    },
    upgrade: () => {
      isOlder = false;
    },
    end: () => {
      armed = null;
      if (running) {
        const { store } = running;
        running.die();
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

const headsOf = (store: OpenStore): string =>
  store
    .heads()
    .map(({ log, seq, hash }) => `${log} ${seq} ${hash}`)
    .sort()
    .join('\n');
