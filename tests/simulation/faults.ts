/** What goes wrong in a run, one thing after the other and several at once. */
import type { CenterNode } from './center-node.ts';
import type { Chance } from './chance.ts';
import { CENTER, type Network } from './network.ts';
import { blindly, type Deed } from './people.ts';
import type { StationNode } from './station-node.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface FaultWorld {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly center: CenterNode;
  readonly stations: readonly StationNode[];
  readonly chance: Chance;
  /** What has been done, for whoever replays a seed. */
  readonly note: (text: string) => void;
  /** From then on nothing new goes wrong; what was cut is mended, who was down comes up. */
  readonly over: () => boolean;
  /** Somebody at a station does this now. */
  readonly act: (station: StationNode, deed: Deed) => void;
  /** The center now holds what this backup held. */
  readonly centerRestored: () => void;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

type Fault = (world: FaultWorld) => void;

const FAULTS: readonly (readonly [weight: number, fault: Fault])[] = [
  [10, partition],
  [6, oneWay],
  [4, flapping],
  [5, centerAlone],
  [3, everyoneAlone],
  [10, crash],
  [4, tornOrLost],
  [2, putBack],
  [4, onlyPeersRemember],
  [5, blindClash],
  [4, centerCrash],
  [5, centerDies],
  [1, centerRestore],
  [1, peersFirst],
  [1, restoredTwice],
  [4, skew],
  [2, orderly],
  [1, revoke],
];
const TOTAL = FAULTS.reduce((sum, [weight]) => sum + weight, 0);

function picked(roll: number): Fault {
  let sum = 0;
  for (const [weight, fault] of FAULTS) {
    sum += weight;
    if (roll < sum) return fault;
  }
  return crash;
}

/** Lets things go wrong until `end`, on average every `every` ms. */
export function injectFaults(world: FaultWorld, end: number, every: number): void {
  const { time, chance } = world;
  const again = (): void => {
    const wait = -Math.log(1 - chance.next()) * every;
    if (time.now() + wait > end) return;
    time.after(wait, () => {
      picked(chance.next() * TOTAL)(world);
      again();
    });
  };
  again();
}

export function namesIn({ stations }: Pick<FaultWorld, 'stations'>): readonly string[] {
  return stations.map(({ name }) => name);
}

export function cutBoth({ network }: FaultWorld, a: string, b: string): void {
  network.cut(a, b);
  network.cut(b, a);
}
export function mendBoth({ network }: FaultWorld, a: string, b: string): void {
  network.mend(a, b);
  network.mend(b, a);
}

function partition(world: FaultWorld): void {
  const { chance, time } = world;
  const nodes: readonly string[] = [...namesIn(world), CENTER];
  const side = new Set(nodes.filter(() => chance.happens(0.5)));
  const pairs = nodes.flatMap((a) => nodes.filter((b) => side.has(a) && !side.has(b)).map((b) => [a, b] as const));
  world.note(`partition ${[...side].join('')} from the rest`);
  for (const [a, b] of pairs) cutBoth(world, a, b);
  time.after(chance.between(SECOND, 12 * MINUTE), () => {
    for (const [a, b] of pairs) mendBoth(world, a, b);
  });
}

function oneWay(world: FaultWorld): void {
  const { chance, network, time } = world;
  const [a, b] = [chance.pick([...namesIn(world), CENTER]), chance.pick([...namesIn(world), CENTER])];
  if (a === b) return;
  world.note(`one way ${a} > ${b}`);
  network.cut(a, b);
  time.after(chance.between(SECOND, 8 * MINUTE), () => network.mend(a, b));
}

function flapping(world: FaultWorld): void {
  const { chance, time } = world;
  const [a, b] = [chance.pick(namesIn(world)), chance.pick([...namesIn(world), CENTER])];
  if (a === b) return;
  world.note(`flapping ${a} - ${b}`);
  let left = 4 + chance.below(12);
  const flap = (): void => {
    cutBoth(world, a, b);
    time.after(chance.between(50, 4 * SECOND), () => {
      mendBoth(world, a, b);
      if (--left > 0) time.after(chance.between(50, 4 * SECOND), flap);
    });
  };
  flap();
}

function centerAlone(world: FaultWorld): void {
  world.note('center cut off');
  for (const station of namesIn(world)) cutBoth(world, station, CENTER);
  world.time.after(world.chance.between(5 * SECOND, 15 * MINUTE), () => {
    for (const station of namesIn(world)) mendBoth(world, station, CENTER);
  });
}

function everyoneAlone(world: FaultWorld): void {
  world.note('everyone alone');
  const nodes: readonly string[] = [...namesIn(world), CENTER];
  for (const a of nodes) for (const b of nodes) if (a !== b) world.network.cut(a, b);
  world.time.after(world.chance.between(5 * SECOND, 8 * MINUTE), () => {
    for (const a of nodes) for (const b of nodes) world.network.mend(a, b);
  });
}

function startAgain(world: FaultWorld, station: StationNode): void {
  const { chance, time } = world;
  const wait = chance.happens(0.6) ? chance.between(500, 10 * SECOND) : chance.between(10 * SECOND, 10 * MINUTE);
  time.after(wait, () => station.start());
}

function crash(world: FaultWorld): void {
  const station = world.chance.pick(world.stations);
  if (!station.alive()) return;
  if (world.chance.happens(0.5)) {
    world.note(`crash ${station.name}`);
    station.crash();
    startAgain(world, station);
  } else crashSoon(world, station, false);
}

function crashSoon(world: FaultWorld, station: StationNode, torn: boolean): void {
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

/** The last write torn off, or an fsync that lied: the disk goes back by some commits. */
function tornOrLost(world: FaultWorld): void {
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

function putBack(world: FaultWorld): void {
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

/** Two stations, each cut off from everything, decide the same differently. */
export function blindClash(world: FaultWorld): void {
  const { chance, time, stations } = world;
  const one = chance.pick(stations);
  const other = chance.pick(stations.filter((station) => station !== one));
  const nodes: readonly string[] = [...namesIn(world), CENTER];
  const pairs = [one, other].flatMap(({ name }) =>
    nodes.filter((node) => node !== name).map((node) => [name, node] as const),
  );
  world.note(`${one.name} and ${other.name} each alone, deciding the same`);
  for (const [a, b] of pairs) cutBoth(world, a, b);
  time.after(chance.between(SECOND, 20 * SECOND), () => {
    if (one.alive() && other.alive())
      for (const [station, deed] of blindly(one, other, chance)) world.act(station, deed);
  });
  time.after(chance.between(30 * SECOND, 3 * MINUTE), () => {
    for (const [a, b] of pairs) mendBoth(world, a, b);
  });
}

/** In an outage a disk goes back: what its station wrote meanwhile is held by its peers alone, and they must carry it. */
function onlyPeersRemember(world: FaultWorld): void {
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

function centerCrash(world: FaultWorld): void {
  if (!world.center.alive()) return;
  world.note('center crash');
  world.center.crash();
  world.time.after(world.chance.between(SECOND, 6 * MINUTE), world.center.start);
}

/** In the middle of a step of intake, before any of its calls, or when it has committed and not answered yet. */
function centerDies(world: FaultWorld): void {
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

function centerRestore(world: FaultWorld): void {
  const { center, chance, time } = world;
  const backup = center.backup();
  time.after(chance.between(MINUTE, 25 * MINUTE), () => {
    if (center.alive() && !world.over()) putCenterBack(world, backup, chance.happens(0.4));
  });
}

/** Who signed in since the backup is cut off while the center comes back: their peers bring what they wrote. */
function peersFirst(world: FaultWorld): void {
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
function restoredTwice(world: FaultWorld): void {
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

function skew(world: FaultWorld): void {
  const station = world.chance.pick(world.stations);
  const by = world.chance.happens(0.25) ? 0 : Math.round(world.chance.between(-600_000, 600_000));
  world.note(`clock of ${station.name} ${by} ms off`);
  station.skew(by);
}

function orderly(world: FaultWorld): void {
  const station = world.chance.pick(world.stations);
  if (!station.alive()) return;
  restart(world, station);
}

function restart(world: FaultWorld, station: StationNode): void {
  world.note(`restart ${station.name}`);
  station.stop();
  startAgain(world, station);
}

function revoke(world: FaultWorld): void {
  const station = world.chance.pick(world.stations.filter((one) => one.name !== 'a'));
  world.note(`right of ${station.name} withdrawn`);
  const { accounts } = world.center;
  accounts.withdraw(station.name);
  world.time.after(world.chance.between(MINUTE, 10 * MINUTE), () => {
    accounts.allow(station.name);
    if (station.alive()) station.signIn();
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

/** The center ends in order and comes back of this build. */
export function centerUpdate({ center, chance, time, note }: FaultWorld): void {
  note('center updated');
  center.crash();
  center.upgrade();
  time.after(chance.between(SECOND, 2 * MINUTE), center.start);
}
