/** A workstation of a run, from its first start to its end: its processes come and go, its disk stays as the last one left it. */

import type { CallInput, CallName } from '../../domain/bridge/calls.ts';
import type { TopicState } from '../../domain/bridge/topics.ts';
import type { Fact } from '../../domain/kernel/fact.ts';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { Answer } from '../../server-bridge/dispatch/port.ts';
import type { OpenStore } from '../../server-bridge/store/open.ts';
import type { Sync } from '../../server-bridge/sync/engine.ts';
import { call, headsOf, readOld, signIn } from './at-station.ts';
import type { Chance } from './chance.ts';
import type { DiskImage, Drive } from './drive.ts';
import { unlessFull } from './power.ts';
import { OLDER_BUILD, THIS_BUILD } from './readers.ts';
import { createStationDisk } from './station-disk.ts';
import { createEnrolment } from './station-enrolment.ts';
import { createStationLife } from './station-life.ts';
import type { StationWorld } from './station-process.ts';

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
  let installed = older ? OLDER_BUILD : THIS_BUILD;
  const clock = (): number => site.calendar.begin + Math.floor(time.now()) + skew;
  const who = createEnrolment(name);
  const disk = createStationDisk(name, drive, chance.fork('damage'));
  const life = createStationLife({ name, who, drive, disk, clock, installed: () => installed, rests }, world, chance);
  const { running, up, writes, start, crash } = life;
  return {
    name,
    id: who.id,
    alive: () => running() !== null,
    store: () => up().store,
    sync: () => up().sync,
    board: () => up().board,
    presence: () => up().presence,
    older: () => installed === OLDER_BUILD,
    reads: (fact) => installed.isRead(fact),
    call: (what, input) => {
      const mine = up();
      const held = writes.isFilling() ? headsOf(mine.store) : null;
      const answer = call(mine, name, what, input);
      if (held !== null && !answer.ok && headsOf(mine.store) !== held)
        watcher.trouble(name, `${what} was refused and left something behind`, answer.refusal.message);
      return answer;
    },
    crash,
    crashAt: (commits, torn) => {
      if (running()) writes.cutAt(commits, torn);
    },
    disarm: () => {
      writes.noCut();
      writes.fill(0);
    },
    fillDisk: writes.fill,
    copyDisk: () => {
      const copy = drive.image(up().store);
      who.copied(copy);
      return copy;
    },
    signIn: (whose = name) => signIn(up(), site, name, whose),
    readOld: (by, ms) => {
      const mine = up();
      try {
        return readOld(mine, name, time, by, ms);
      } catch (error) {
        if (!disk.explains(error)) throw error;
        life.metDamage(mine.store);
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
    putBack: (image) => {
      witness.forgot(name);
      life.putBack(image);
      who.wentBack(image);
    },
    loseDisk: () => {
      witness.forgot(name);
      crash();
      disk.put(null);
    },
    damageDisk: () => {
      if (!drive.damaged) return false;
      witness.forgot(name);
      crash();
      return disk.damage();
    },
    stop: life.endInOrder,
    start,
    enrolAnew: () => {
      // What is on a disk that went back is seen before.
      if (!disk.isEmpty()) start();
      life.endInOrder();
      who.anew();
      life.becomesAnother();
      world.center.enrol(who.id());
      start();
    },
    upgrade: () => {
      installed = THIS_BUILD;
    },
    end: () => {
      life.end();
      drive.close();
    },
    skew: (by) => {
      skew = by;
    },
    skewed: () => skew,
  };
}
