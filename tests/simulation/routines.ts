/** What goes on in a room of its own accord, from its first moment on: people work, take over and look things up, and what is over is tidied away. */
import type { Chance } from './chance.ts';
import type { Doing } from './doing.ts';
import type { Neighbour } from './neighbour.ts';
import { patientsDeed } from './patients.ts';
import { type Deed, nextDeed, typedDeed } from './people.ts';
import { PowerCut } from './power.ts';
import { rosterDeed } from './records.ts';
import type { Room } from './room.ts';
import type { StationNode } from './station-node.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** What one at a console thinks of next; null where there is nothing to do. */
type Thought = (station: StationNode, chance: Chance) => Deed | null;

/** Until `end`, ms since the run began. */
export function goAboutTheirWork(room: Room, { act }: Pick<Doing, 'act'>, end: number): void {
  const { plan, time, center, stations, neighbour, oracle, note } = room;
  const { chance } = plan;

  /** Again and again, each time after another wait. */
  const repeat = (wait: () => number, what: () => void): void => {
    const ms = wait();
    if (time.now() + ms > end) return;
    time.after(ms, () => {
      what();
      repeat(wait, what);
    });
  };
  const every = (mine: Chance, least: number, most: number, what: () => void): void =>
    repeat(() => mine.between(least, most), what);
  const does = (station: StationNode, mine: Chance, thought: Thought): void => {
    const deed = station.alive() ? thought(station, mine) : null;
    if (deed) act(station, deed);
  };

  const dispatch = (station: StationNode, mine: Chance): void => {
    // Bursts: several within seconds, then a while of nothing.
    const mean = HOUR / (plan.pace / stations.length);
    const wait = (): number => (mine.happens(0.5) ? mine.between(200, 20 * SECOND) : mine.between(0.5, 3) * mean);
    repeat(wait, () => does(station, mine, nextDeed));
  };
  /** Others take over at a station now and then. */
  const shifts = (station: StationNode, mine: Chance): void =>
    every(mine, 10 * MINUTE, 70 * MINUTE, () => {
      if (station.alive())
        station.signIn(plan.takesOver && mine.happens(0.5) ? mine.pick(plan.stations) : station.name);
    });
  /** Somebody opens what ended long ago, for a while: what of it lies at the center alone comes. */
  const readOld = (station: StationNode, mine: Chance): void =>
    every(mine, 4 * MINUTE, 20 * MINUTE, () => {
      const read = station.alive() ? station.readOld(mine, mine.between(SECOND, 2 * MINUTE)) : null;
      if (read) note(`${station.name} reads ${read}`);
    });
  /** What is over and acknowledged is dropped after an hour, as after weeks in the product: longer than any backup is old. */
  const tidy = (station: StationNode, mine: Chance): void =>
    every(mine, 5 * MINUTE, 20 * MINUTE, () => {
      if (!station.alive()) return;
      try {
        oracle.pruning(station.name, station.store().now() - HOUR);
        const dropped = station.prune(HOUR);
        oracle.prunedAt(station.name, station.store());
        if (dropped > 0) note(`${station.name} drops ${dropped} facts`);
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        note(`${station.name} died dropping facts`);
      }
    });
  /** The other site writes when it likes, and comes when it can: a center that was put back hears it again. */
  const meddle = (other: Neighbour, mine: Chance): void =>
    every(mine, 1 * MINUTE, 9 * MINUTE, () => {
      if (plan.neighbourLeases) {
        time.promised();
        void other.lease(center);
      }
      other.write(center);
      if (mine.happens(0.8)) void other.bring(center);
    });

  for (const station of stations) {
    const thinks = (of: string, least: number, most: number, thought: Thought): void => {
      const mine = chance.fork(of);
      every(mine, least, most, () => does(station, mine, thought));
    };
    const { name } = station;
    dispatch(station, chance.fork(`people ${name}`));
    shifts(station, chance.fork(`shifts ${name}`));
    if (plan.typed) thinks(`typing ${name}`, 10 * SECOND, 12 * MINUTE, typedDeed);
    if (plan.puts && name === 'a') thinks('records of the site', 2 * MINUTE, 15 * MINUTE, rosterDeed);
    if (plan.counts) thinks(`patients of ${name}`, 1 * MINUTE, 15 * MINUTE, patientsDeed);
    if (plan.readsOld) readOld(station, chance.fork(`reading ${name}`));
  }
  if (neighbour) meddle(neighbour, chance.fork('meddling'));
  if (chance.happens(0.5)) for (const station of stations) tidy(station, chance.fork(`tidying ${station.name}`));
}
