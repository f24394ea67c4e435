/** The room of a run: its workstations, their center, what lies between them, and who sees from outside what becomes of it. */
import { type CenterNode, createCenterNode } from './center-node.ts';
import { fileDrive, memoryDrive } from './drive.ts';
import { createNeighbour, type Neighbour } from './neighbour.ts';
import { createNetwork, type Network } from './network.ts';
import { createOracle, type Oracle } from './oracle.ts';
import type { Plan } from './plan.ts';
import { createLan } from './ports.ts';
import { createWitness, type Witness } from './readers.ts';
import { type Calendar, createSite, type Site } from './roster.ts';
import { createStationNode, type StationNode } from './station-node.ts';
import type { Watcher } from './station-process.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

export interface Room {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly site: Site;
  readonly center: CenterNode;
  readonly stations: readonly StationNode[];
  readonly network: Network;
  readonly neighbour: Neighbour | null;
  readonly oracle: Oracle;
  readonly witness: Witness;
  /** What went wrong that is nobody's fault. */
  readonly troubles: readonly string[];
  /** What has been done, for whoever replays a seed. */
  readonly note: (text: string) => void;
}

/** With so many the run is broken off. */
const MOST_TROUBLES = 20;

/** Set up and switched off, but for the center. `trace` is called with what goes wrong and what is done. */
export async function createRoom(
  plan: Plan,
  calendar: Calendar,
  trace: (at: number, text: string) => void = () => undefined,
): Promise<Room> {
  const { chance, onFile } = plan;
  const time = virtualTime();
  const site = createSite(chance.fork('site'), calendar, plan.stations);
  const troubles: string[] = [];
  const clock = (): number => site.calendar.begin + Math.floor(time.now());
  const neighbour = plan.neighbour ? createNeighbour(chance.fork('another site'), clock) : null;
  const trouble = (what: string): void => void troubles.push(what);
  const center = await createCenterNode(site, neighbour, time, chance.fork('center'), plan, trouble);
  const network = createNetwork(time, chance.fork('network'));
  const lan = createLan(network, time, chance.fork('lan'));
  const stations: StationNode[] = [];
  const oracle = createOracle((name, fact) => stations.find((station) => station.name === name)?.reads(fact) ?? true);
  const watcher: Watcher = {
    changed: oracle.changed,
    opened: oracle.diskOf,
    began: oracle.beganFrom,
    trouble: (name, what, error) => {
      if (troubles.length > MOST_TROUBLES) throw new Error(troubles[0]);
      trouble(`${name}: ${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  };
  // What one that was revoked reads holds nobody back.
  const witness = createWitness(
    (id) => center.admits(id) && (stations.find((station) => station.id() === id)?.older() ?? false),
  );
  const world = { site, time, network, lan, center, watcher, witness };
  for (const name of plan.stations) {
    const mine = chance.fork(`station ${name}`);
    const drive = name === onFile ? fileDrive(mine.fork('key').bytes(32)) : memoryDrive();
    stations.push(createStationNode(name, world, drive, mine, name === plan.older, plan.rests && name === onFile));
  }
  center.log.onCommit(({ facts }) => oracle.committed(facts));
  const note = (text: string): void => trace(time.now(), text);
  return { plan, time, site, center, stations, network, neighbour, oracle, witness, troubles, note };
}
