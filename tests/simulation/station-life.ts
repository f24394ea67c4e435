/** Processes of a workstation of a run: they start on what its disk has, meet what is wrong with it, die, and end in order. */

import type { Clock } from '../../domain/kernel/ids.ts';
import type { OpenStore } from '../../server-bridge/store/open.ts';
import type { Chance } from './chance.ts';
import { createDiskWrites, type DiskWrites } from './disk-writes.ts';
import type { DiskImage, Drive, Kept } from './drive.ts';
import { DiskFull, PowerCut } from './power.ts';
import type { Installed } from './readers.ts';
import { ORG, SITE } from './roster.ts';
import type { StationDisk } from './station-disk.ts';
import type { Enrolment } from './station-enrolment.ts';
import { type StationProcess, type StationWorld, startProcess, type Watcher } from './station-process.ts';

/** What is there of a workstation while no process runs. */
export interface Machine {
  readonly name: string;
  readonly who: Enrolment;
  readonly drive: Drive;
  readonly disk: StationDisk;
  readonly clock: Clock;
  readonly installed: () => Installed;
  /** Its store rests while nothing happens. */
  readonly rests: boolean;
}

export interface StationLife {
  readonly running: () => StationProcess | null;
  /** Throws where none runs. */
  readonly up: () => StationProcess;
  readonly writes: DiskWrites;
  readonly start: () => void;
  /** Dies at once; the disk stays as it is. */
  readonly crash: () => void;
  /** Dies at once, and its disk is this from then on. */
  readonly putBack: (image: DiskImage) => void;
  /** What the product's process does where it reads what is damaged: it ends, and the next one salvages. */
  readonly metDamage: (store: OpenStore) => void;
  /** As an update does. */
  readonly endInOrder: () => void;
  /** It is another workstation from now on: the next process takes over whole what was the earlier one's. */
  readonly becomesAnother: () => void;
  /** Dies for good. */
  readonly end: () => void;
}

/** Of a store that is taken over whole, also what has to wait there for what comes before it. */
const WHOLE: Kept = { fact: () => true, key: () => true };

export function createStationLife(machine: Machine, world: StationWorld, chance: Chance): StationLife {
  const { name, who, drive, disk, clock, installed } = machine;
  const { site, time, witness, watcher } = world;
  let running: StationProcess | null = null;
  /** Being ended in order: what is on its disk then is what counts. */
  let closing: OpenStore | null = null;
  /** Its store is that of who it was before. */
  let anew = false;
  const up = (): StationProcess => {
    if (!running) throw new Error(`${name} is down`);
    return running;
  };
  const writes = createDiskWrites(() => drive.image(up().store), chance.fork('full disk'));

  const onCommit = (): void => {
    if (closing) disk.put(drive.image(closing));
    const cut = running && writes.committed();
    if (!cut) return;
    if (cut.before) witness.forgot(name);
    die(cut.before ? drive.torn(cut.before, cut.after, chance) : cut.after);
    throw new PowerCut();
  };

  // A workstation is set up, and starts, on a disk that has space.
  const onWrite = (): void => {
    if (running && writes.refuses()) throw new DiskFull();
  };

  const rested = (): void => {
    if (running) writes.rested();
  };

  function die(left: DiskImage): void {
    if (!running) return;
    disk.put(left);
    running.die();
    const { store } = running;
    running = null;
    // After what is on the stack has unwound.
    time.after(0, () => store.abandon());
  }

  function start(): void {
    if (running) return;
    const { name: build, reads, newer, effectsOf } = installed();
    const { store, isSalvaged } = disk.open(
      {
        deviceKey: site.deviceKey(who.id()),
        identity: { org: ORG, site: SITE, station: who.id(), short: who.short(), name },
        siteKeys: disk.isEmpty() ? world.center.given().siteKeys : [site.siteKey],
        effectsOf,
        reads,
        build,
        clock,
        random: (length: number): Uint8Array => chance.bytes(length),
        onCommit,
        onWrite,
      },
      anew,
    );
    const seenBy = seen(anew ? WHOLE : undefined);
    anew = false;
    const runs = { reads, newer, rested: machine.rests ? rested : null };
    try {
      running = startProcess(name, { ...world, watcher: seenBy }, store, runs, clock, chance);
    } catch (error) {
      if (!disk.explains(error)) throw error;
      metDamage(store);
      return;
    }
    if (isSalvaged) disk.isWhole();
    else scrub(running);
  }

  /** Looks for damage that nothing has met, as the product does all the time. */
  function scrub(mine: StationProcess): void {
    const wait = disk.scrubbedIn();
    if (wait === null) return;
    time.after(wait, () => {
      if (running !== mine) return;
      let found = mine.store.scrub(1_000);
      while (found === 'more') found = mine.store.scrub(1_000);
      if (found === 'corrupted') metDamage(mine.store);
      else disk.isWhole();
    });
  }

  function metDamage(store: OpenStore): void {
    disk.met();
    const left = drive.image(store);
    if (running) die(left);
    else {
      disk.put(left);
      store.abandon();
    }
    time.after(1_000, start);
  }

  function seen(keeps?: Kept): Watcher {
    return {
      ...watcher,
      opened: (station, store) => watcher.opened(station, store, disk.keeps() ?? keeps),
      trouble: (station, what, error) => {
        if (!disk.explains(error)) watcher.trouble(station, what, error);
        // What else its end cuts short says the same once more.
        else if (running) metDamage(running.store);
      },
    };
  }

  return {
    running: () => running,
    up,
    writes,
    start,
    crash: () => {
      writes.noCut();
      if (running) die(drive.image(running.store));
    },
    putBack: (image) => {
      writes.noCut();
      if (running) die(image);
      else disk.put(image);
    },
    metDamage,
    endInOrder: () => {
      writes.noCut();
      if (!running) return;
      const { store, dispatch, sync } = running;
      dispatch.close();
      void sync.close();
      running.die();
      running = null;
      disk.put(drive.image(store));
      closing = store;
      store.close();
      closing = null;
    },
    becomesAnother: () => {
      anew = true;
    },
    end: () => {
      writes.noCut();
      if (!running) return;
      const { store } = running;
      running.die();
      running = null;
      store.abandon();
    },
  };
}
