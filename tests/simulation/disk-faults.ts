/** Disks of workstations that go back, are lost, damaged or full. */
import { cutBoth, type FaultWorld, mendBoth, namesIn } from './fault-world.ts';
import { CENTER } from './network.ts';
import { crashSoon, startAgain } from './station-faults.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The last write torn off, or an fsync that lied: the disk goes back by some commits. */
export function tornOrLost(world: FaultWorld): void {
  const { chance, time } = world;
  const station = chance.pick(world.stations);
  if (!station.alive()) return;
  if (chance.happens(0.5)) {
    crashSoon(world, station, true);
    return;
  }
  const disk = station.copyDisk();
  time.after(chance.between(SECOND, 40 * SECOND), () => {
    if (!station.alive() || world.over()) return;
    world.note(`lost fsync ${station.name}`);
    station.putBack(disk);
    startAgain(world, station);
  });
}

export function putBack(world: FaultWorld): void {
  const { chance, time } = world;
  const station = chance.pick(world.stations);
  if (!station.alive()) return;
  const disk = station.copyDisk();
  time.after(chance.between(2 * MINUTE, 30 * MINUTE), () => {
    if (!station.alive() || world.over()) return;
    world.note(`old copy put back ${station.name}`);
    station.putBack(disk);
    startAgain(world, station);
  });
}

/** In an outage a disk goes back: what its station wrote meanwhile is held by its peers alone, and they must carry it. */
export function onlyPeersRemember(world: FaultWorld): void {
  const { chance, time } = world;
  const station = chance.pick(world.stations);
  if (!station.alive()) return;
  world.note(`center cut off, ${station.name} to forget the outage`);
  for (const other of namesIn(world)) cutBoth(world, other, CENTER);
  const disk = station.copyDisk();
  time.after(chance.between(MINUTE, 8 * MINUTE), () => {
    if (station.alive() && !world.over()) {
      world.note(`${station.name} forgets the outage`);
      station.putBack(disk);
      startAgain(world, station);
    }
    for (const other of namesIn(world)) mendBoth(world, other, CENTER);
  });
}

/** A workstation is replaced, or its store was damaged beyond reading: it begins anew, and what it alone held is gone. */
export function newDisk(world: FaultWorld): void {
  const station = world.chance.pick(world.stations);
  if (world.over()) return;
  world.note(`${station.name} has a new disk`);
  station.loseDisk();
  startAgain(world, station);
}

/** The disk of a station is damaged while it is down, often in an outage of which it alone holds what was done there. */
export function damagedDisk(world: FaultWorld, of: string): void {
  const { chance, time, note } = world;
  const station = world.stations.find(({ name }) => name === of);
  if (!station) return;
  const others = chance.happens(0.6) ? [...namesIn(world), CENTER].filter((name) => name !== of) : [];
  for (const other of others) cutBoth(world, of, other);
  time.after(others.length > 0 ? chance.between(MINUTE, 10 * MINUTE) : 0, () => {
    if (!world.over() && station.damageDisk()) {
      note(`the disk of ${of} is damaged`);
      startAgain(world, station);
    }
    time.after(chance.between(0, 3 * MINUTE), () => {
      for (const other of others) mendBoth(world, of, other);
    });
  });
}

/** A station's disk has no space for a while, or now and then none: in the middle of a write, or at its commit. */
export function fullDisk(world: FaultWorld): void {
  const { chance, time, note, stations } = world;
  const station = chance.pick(stations);
  const share = chance.pick([1, 0.2, 0.03]);
  note(`the disk of ${station.name} refuses ${100 * share} % of what is written`);
  station.fillDisk(share);
  time.after(chance.between(5 * SECOND, 12 * MINUTE), () => {
    note(`the disk of ${station.name} has space`);
    station.fillDisk(0);
  });
}
