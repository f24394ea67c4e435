/** Who does not reach whom, for a while. */
import { cutBoth, type FaultWorld, mendBoth, namesIn } from './fault-world.ts';
import { CENTER } from './network.ts';
import { blindly } from './people.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

export function partition(world: FaultWorld): void {
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

export function oneWay(world: FaultWorld): void {
  const { chance, network, time } = world;
  const [a, b] = [chance.pick([...namesIn(world), CENTER]), chance.pick([...namesIn(world), CENTER])];
  if (a === b) return;
  world.note(`one way ${a} > ${b}`);
  network.cut(a, b);
  time.after(chance.between(SECOND, 8 * MINUTE), () => network.mend(a, b));
}

export function flapping(world: FaultWorld): void {
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

export function centerAlone(world: FaultWorld): void {
  world.note('center cut off');
  for (const station of namesIn(world)) cutBoth(world, station, CENTER);
  world.time.after(world.chance.between(5 * SECOND, 15 * MINUTE), () => {
    for (const station of namesIn(world)) mendBoth(world, station, CENTER);
  });
}

export function everyoneAlone(world: FaultWorld): void {
  world.note('everyone alone');
  const nodes: readonly string[] = [...namesIn(world), CENTER];
  for (const a of nodes) for (const b of nodes) if (a !== b) world.network.cut(a, b);
  world.time.after(world.chance.between(5 * SECOND, 8 * MINUTE), () => {
    for (const a of nodes) for (const b of nodes) world.network.mend(a, b);
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
