/** A center that dies, is put back from a backup, or is updated. */
import type { CenterNode } from './center-node.ts';
import { cutBoth, type FaultWorld, mendBoth } from './fault-world.ts';
import { CENTER } from './network.ts';
import { restart } from './station-faults.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export function centerCrash(world: FaultWorld): void {
  if (!world.center.alive()) return;
  world.note('center crash');
  world.center.crash();
  world.time.after(world.chance.between(SECOND, 6 * MINUTE), world.center.start);
}

/** In the middle of a step of intake, before any of its calls, or when it has committed and not answered yet. */
export function centerDies(world: FaultWorld): void {
  const { center, chance, time } = world;
  if (!center.alive()) return;
  center.dieAt(1 + chance.below(30), (where) => {
    world.note(`center died ${where}`);
    time.after(chance.between(500, MINUTE), center.start);
  });
}

type Backup = ReturnType<CenterNode['backup']>;

/** Ends the center and puts a backup back under it; `then` once it runs again. */
function putCenterBack(
  world: FaultWorld,
  backup: Backup,
  unnoticed: boolean,
  then: () => void = () => undefined,
): void {
  const { center, chance, time } = world;
  world.note(`center restored from a backup${unnoticed ? ', unnoticed' : ''}`);
  center.crash();
  time.after(chance.between(SECOND, 2 * MINUTE), () => {
    time.promised();
    // Half the time under a process that lives on, as a database that falls over to a stale copy does.
    if (chance.happens(0.5)) center.crash();
    void center.restore(backup, unnoticed).then(() => {
      world.centerRestored();
      center.start();
      then();
    });
  });
}

export function centerRestore(world: FaultWorld): void {
  const { center, chance, time } = world;
  const backup = center.backup();
  time.after(chance.between(MINUTE, 25 * MINUTE), () => {
    if (center.alive() && !world.over()) putCenterBack(world, backup, chance.happens(0.4));
  });
}

/** Who signed in since the backup is cut off while the center comes back: their peers bring what they wrote. */
export function peersFirst(world: FaultWorld): void {
  const { center, chance, time } = world;
  const station = chance.pick(world.stations);
  if (!station.alive() || !center.alive()) return;
  const backup = center.backup();
  world.note(`${station.name} signs in after a backup`);
  station.signIn();
  time.after(chance.between(MINUTE, 12 * MINUTE), () => {
    if (!center.alive() || world.over()) return;
    cutBoth(world, station.name, CENTER);
    putCenterBack(world, backup, chance.happens(0.2));
    time.after(chance.between(2 * MINUTE, 10 * MINUTE), () => mendBoth(world, station.name, CENTER));
  });
}

/** One backup is put back twice, and consoles start anew after each. */
export function restoredTwice(world: FaultWorld): void {
  const { center, chance, time, stations } = world;
  const backup = center.backup();
  const again = (left: number): void => {
    time.after(chance.between(2 * MINUTE, 12 * MINUTE), () => {
      if (!center.alive() || world.over() || left === 0) return;
      putCenterBack(world, backup, false, () => {
        const station = chance.pick(stations);
        if (station.alive() && !world.over()) restart(world, station);
        again(left - 1);
      });
    });
  };
  again(2);
}

/** The center ends in order and comes back of this build. */
export function centerUpdate({ center, chance, time, note }: FaultWorld): void {
  note('center updated');
  center.crash();
  center.upgrade();
  time.after(chance.between(SECOND, 2 * MINUTE), center.start);
}
