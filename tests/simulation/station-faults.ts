/** Processes of workstations that die or end, their clocks, and the rights of who sits there. */
import type { FaultWorld } from './fault-world.ts';
import type { StationNode } from './station-node.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export function crash(world: FaultWorld): void {
  const station = world.chance.pick(world.stations);
  if (!station.alive()) return;
  if (world.chance.happens(0.5)) {
    world.note(`crash ${station.name}`);
    station.crash();
    startAgain(world, station);
  } else crashSoon(world, station, false);
}

export function crashSoon(world: FaultWorld, station: StationNode, torn: boolean): void {
  const commits = 1 + world.chance.below(12);
  world.note(`crash ${station.name} at commit ${commits}${torn ? ', that write torn off' : ''}`);
  station.crashAt(commits, torn);
  // Nobody to restart it where nothing was written: it lives on.
  let looks = 600;
  const look = (): void => {
    if (!station.alive()) startAgain(world, station);
    else if (--looks > 0) world.time.after(SECOND, look);
    else station.disarm();
  };
  look();
}

export function orderly(world: FaultWorld): void {
  const station = world.chance.pick(world.stations);
  if (!station.alive()) return;
  restart(world, station);
}

export function restart(world: FaultWorld, station: StationNode): void {
  world.note(`restart ${station.name}`);
  station.stop();
  startAgain(world, station);
}

export function startAgain(world: FaultWorld, station: StationNode): void {
  const { chance, time } = world;
  const wait = chance.happens(0.6) ? chance.between(500, 10 * SECOND) : chance.between(10 * SECOND, 10 * MINUTE);
  time.after(wait, () => station.start());
}

export function skew(world: FaultWorld): void {
  const station = world.chance.pick(world.stations);
  const by = world.chance.happens(0.25) ? 0 : Math.round(world.chance.between(-600_000, 600_000));
  world.note(`clock of ${station.name} ${by} ms off`);
  station.skew(by);
}

export function revoke(world: FaultWorld): void {
  const station = world.chance.pick(world.stations.filter((one) => one.name !== 'a'));
  world.note(`right of ${station.name} withdrawn`);
  const { accounts } = world.center;
  accounts.withdraw(station.name);
  world.time.after(world.chance.between(MINUTE, 10 * MINUTE), () => {
    accounts.allow(station.name);
    if (station.alive()) station.signIn();
  });
}
