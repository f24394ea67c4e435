/** One run from one seed: hours of work at a room's consoles while everything goes wrong, then healing, then the verdict. */
import { sha256 } from '../../sealing/digest.ts';
import { administer } from './administrator.ts';
import { type CenterNode, createCenterNode } from './center-node.ts';
import type { Chance } from './chance.ts';
import { fileDrive, memoryDrive } from './drive.ts';
import { erasedOf } from './erased.ts';
import { blindClash, centerUpdate, damagedDisk, type FaultWorld, fullDisk, injectFaults, newDisk } from './faults.ts';
import { createNeighbour, type Neighbour } from './neighbour.ts';
import { createNetwork } from './network.ts';
import { createOracle } from './oracle.ts';
import { patientsDeed } from './patients.ts';
import { type Deed, nextDeed, typedDeed } from './people.ts';
import { type Kinds, planOf } from './plan.ts';
import { createLan } from './ports.ts';
import { PowerCut } from './power.ts';
import { editingSeen } from './presence.ts';
import { createWitness } from './readers.ts';
import { recordsDiffer, rosterDeed } from './records.ts';
import { revokeWorkstation } from './revoking.ts';
import { ANY_DAY, type Calendar, createSite, ORG, SITE } from './roster.ts';
import { createStationNode, type StationNode } from './station-node.ts';
import { isQuiet, judge, requestsWaiting, type Verdict, yearsGiven } from './verdict.ts';
import { virtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Everything must have come together this long after the last fault. */
const HEALED_WITHIN = 2 * MINUTE;

export interface RunOptions extends Kinds {
  readonly seed: number;
  /** Hours of work, without the healing. */
  readonly hours?: number;
  /** Any day unless said otherwise. */
  readonly calendar?: Calendar;
  /** Done to the center after everything has healed and before it is judged: the judge must notice. */
  readonly sabotage?: (center: CenterNode) => Promise<void>;
  /** Called with what goes wrong and what is done. */
  readonly trace?: (at: number, text: string) => void;
}

export interface RunOutcome extends Verdict {
  readonly seed: number;
  /** Simulated hours of all stations together. */
  readonly stationHours: number;
  readonly actions: number;
  readonly refused: number;
  /** Of those: because a workstation of an older build does not read it. */
  readonly heldBack: number;
  readonly excused: number;
  readonly facts: number;
  readonly clashes: number;
  /** Incidents that were erased. */
  readonly erased: number;
  readonly troubles: readonly string[];
  /** Years of the incident numbers that were given, as they stand in them. */
  readonly years: readonly string[];
  /** Hashes what happened: the same seed gives the same. */
  readonly fingerprint: string;
}

export async function runSeed(options: RunOptions): Promise<RunOutcome> {
  const plan = planOf(options.seed, options.hours, options);
  const { chance, older, onFile, neighbour: hasNeighbour, hours, pace } = plan;
  const time = virtualTime();
  const note = (text: string): void => options.trace?.(time.now(), text);
  const site = createSite(chance.fork('site'), options.calendar ?? ANY_DAY, plan.stations);
  const troubles: string[] = [];
  const clock = (): number => site.calendar.begin + Math.floor(time.now());
  const neighbour = hasNeighbour ? createNeighbour(chance.fork('another site'), clock) : null;
  const center = await createCenterNode(site, neighbour, time, chance.fork('center'), plan, (what) =>
    troubles.push(what),
  );
  const network = createNetwork(time, chance.fork('network'));
  const lan = createLan(network, time, chance.fork('lan'));
  const stations: StationNode[] = [];
  const oracle = createOracle((name, fact) => stations.find((station) => station.name === name)?.reads(fact) ?? true);
  const watcher = {
    changed: oracle.changed,
    opened: oracle.diskOf,
    began: oracle.beganFrom,
    trouble: (name: string, what: string, error: unknown) => {
      if (troubles.length > 20) throw new Error(troubles[0]);
      troubles.push(`${name}: ${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  };
  // What one that was revoked reads holds nobody back.
  const witness = createWitness(
    (id) => center.admits(id) && (stations.find((station) => station.id() === id)?.older() ?? false),
  );
  for (const name of plan.stations) {
    const mine = chance.fork(`station ${name}`);
    const rests = plan.rests && name === onFile;
    const drive = name === onFile ? fileDrive(mine.fork('key').bytes(32)) : memoryDrive();
    stations.push(
      createStationNode(
        name,
        { site, time, network, lan, center, watcher, witness },
        drive,
        mine,
        name === older,
        rests,
      ),
    );
  }
  center.log.onCommit(({ facts }) => oracle.committed(facts));
  const end = hours * HOUR;
  // One of an older build may come when the others have long been at work with all that they have.
  const coming = chance.fork('the older one comes');
  for (const station of stations)
    if (station.older() && coming.happens(0.5)) time.after(coming.between(0.1, 0.6) * end, station.start);
    else station.start();

  const done = { actions: 0, refused: 0, heldBack: 0 };
  for (const station of stations) {
    work(station, chance.fork(`people ${station.name}`), end);
    shifts(station, chance.fork(`shifts ${station.name}`), end);
    if (plan.typed) type(station, chance.fork(`typing ${station.name}`), end);
    if (plan.puts && station.name === 'a') keepRecords(station, chance.fork('records of the site'), end);
    if (plan.counts) countPatients(station, chance.fork(`patients of ${station.name}`), end);
    if (plan.readsOld) readOld(station, chance.fork(`reading ${station.name}`), end);
  }
  if (neighbour) meddle(neighbour, chance.fork('meddling'), end);
  if (chance.happens(0.5)) for (const station of stations) tidy(station, chance.fork(`tidying ${station.name}`), end);
  if (options.seed > 0) {
    const world: FaultWorld = {
      time,
      network,
      center,
      stations,
      chance: chance.fork('faults'),
      note,
      over: () => time.now() >= end,
      act: (station, deed) => {
        if (station.alive()) carryOut(station, deed);
      },
      centerRestored: () => {
        const held = new Set([...center.log.facts(ORG)].map(({ fact }) => fact.id));
        oracle.centerHolds((id) => held.has(id));
      },
    };
    const disks = chance.fork('new disks');
    for (const at of plan.newDisks) time.after(at * end, () => newDisk({ ...world, chance: disks }));
    const full = chance.fork('whose disk is full');
    for (const at of plan.fullDisks) time.after(at * end, () => fullDisk({ ...world, chance: full }));
    const spoiling = chance.fork('damaged disks');
    for (const at of plan.damages)
      time.after(at * end, () => damagedDisk({ ...world, chance: spoiling }, onFile ?? ''));
    for (const { at, by } of plan.centerClock)
      time.after(at * end, () => {
        note(`clock of the center ${by} ms off`);
        center.skew(by);
      });
    for (const { at, level } of plan.rotations)
      time.after(at * end, () => {
        note(`another ${level === 'site' ? 'key of the site' : 'key to sign with'}`);
        center.rotate(level);
      });
    const revoking = chance.fork('whose workstation is revoked');
    for (const at of plan.revocations) time.after(at * end, () => revokeWorkstation({ ...world, chance: revoking }));
    const { centerOlderUntil } = plan;
    if (centerOlderUntil !== null) time.after(centerOlderUntil * end, () => centerUpdate({ ...world, chance: disks }));
    injectFaults(world, end - 2 * MINUTE, chance.pick([1, 3, 6]) * MINUTE);
    // One at the end, so that what is judged holds clashes that nobody has settled yet.
    time.after(end - 2 * MINUTE, () => blindClash(world));
  }

  if (plan.erasing !== null) {
    const records = chance.fork('administrator');
    const act = (station: StationNode, deed: Deed): void => {
      if (station.alive()) carryOut(station, deed);
    };
    administer({ center, stations, network, time, chance: records, note, act }, end - 2 * MINUTE, plan.erasing);
  }

  function work(station: StationNode, mine: Chance, until: number): void {
    const again = (): void => {
      // Bursts: several within seconds, then a while of nothing.
      const mean = HOUR / (pace / stations.length);
      const wait = mine.happens(0.5) ? mine.between(200, 20 * SECOND) : mine.between(0.5, 3) * mean;
      if (time.now() + wait > until) return;
      time.after(wait, () => {
        act(station, mine);
        again();
      });
    };
    again();
  }

  function type(station: StationNode, mine: Chance, until: number): void {
    const wait = mine.between(10 * SECOND, 12 * MINUTE);
    if (time.now() + wait > until) return;
    time.after(wait, () => {
      const deed = station.alive() ? typedDeed(station, mine) : null;
      if (deed) carryOut(station, deed);
      type(station, mine, until);
    });
  }

  /** The other site writes when it likes, and comes when it can: a center that was put back hears it again. */
  function meddle(other: Neighbour, mine: Chance, until: number): void {
    const wait = mine.between(1 * MINUTE, 9 * MINUTE);
    if (time.now() + wait > until) return;
    time.after(wait, () => {
      if (plan.neighbourLeases) {
        time.promised();
        void other.lease(center);
      }
      other.write(center);
      if (mine.happens(0.8)) void other.bring(center);
      meddle(other, mine, until);
    });
  }

  /** Others take over at a station now and then. */
  function shifts(station: StationNode, mine: Chance, until: number): void {
    const wait = mine.between(10 * MINUTE, 70 * MINUTE);
    if (time.now() + wait > until) return;
    time.after(wait, () => {
      if (station.alive())
        station.signIn(plan.takesOver && mine.happens(0.5) ? mine.pick(plan.stations) : station.name);
      shifts(station, mine, until);
    });
  }

  function keepRecords(station: StationNode, mine: Chance, until: number): void {
    const wait = mine.between(2 * MINUTE, 15 * MINUTE);
    if (time.now() + wait > until) return;
    time.after(wait, () => {
      const deed = station.alive() ? rosterDeed(station, mine) : null;
      if (deed) carryOut(station, deed);
      keepRecords(station, mine, until);
    });
  }

  function countPatients(station: StationNode, mine: Chance, until: number): void {
    const wait = mine.between(1 * MINUTE, 15 * MINUTE);
    if (time.now() + wait > until) return;
    time.after(wait, () => {
      const deed = station.alive() ? patientsDeed(station, mine) : null;
      if (deed) carryOut(station, deed);
      countPatients(station, mine, until);
    });
  }

  /** Somebody opens what ended long ago, for a while: what of it lies at the center alone comes. */
  function readOld(station: StationNode, mine: Chance, until: number): void {
    const wait = mine.between(4 * MINUTE, 20 * MINUTE);
    if (time.now() + wait > until) return;
    time.after(wait, () => {
      const read = station.alive() ? station.readOld(mine, mine.between(SECOND, 2 * MINUTE)) : null;
      if (read) note(`${station.name} reads ${read}`);
      readOld(station, mine, until);
    });
  }

  /** What is over and acknowledged is dropped after an hour, as after weeks in the product: longer than any backup is old. */
  function tidy(station: StationNode, mine: Chance, until: number): void {
    const wait = mine.between(5 * MINUTE, 20 * MINUTE);
    if (time.now() + wait > until) return;
    time.after(wait, () => {
      tidy(station, mine, until);
      if (station.alive()) {
        try {
          oracle.pruning(station.name, station.store().now() - HOUR);
          const dropped = station.prune(HOUR);
          oracle.prunedAt(station.name, station.store());
          if (dropped > 0) note(`${station.name} drops ${dropped} facts`);
        } catch (error) {
          if (!(error instanceof PowerCut)) throw error;
          note(`${station.name} died dropping facts`);
        }
      }
    });
  }

  function act(station: StationNode, mine: Chance): void {
    if (!station.alive()) return;
    const deed = nextDeed(station, mine);
    if (deed) carryOut(station, deed);
  }

  function carryOut(station: StationNode, deed: Deed): void {
    try {
      const answer = station.call(deed.name, deed.input as never);
      done.actions++;
      if (answer.ok) oracle.acknowledged((answer.value as { facts?: readonly string[] } | undefined)?.facts ?? []);
      else {
        done.refused++;
        if (answer.refusal.code === 'fact.held_back') done.heldBack++;
      }
      note(
        `${station.name} ${deed.name} ${JSON.stringify(deed.input)} ${answer.ok ? (answer.value as { said?: string } | undefined)?.said : answer.refusal.message}`,
      );
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      note(`${station.name} died in ${deed.name}`);
    }
  }

  await time.runUntil(end);
  note('healing');
  network.mendAll();
  center.disarm();
  center.skew(0);
  center.upgrade();
  center.start();
  // What was armed to go wrong is over with; a fault's own ending may still come, and mends.
  for (let waited = 0; waited < 4; waited++) {
    for (const station of stations) {
      if (station.older() && station.alive()) {
        station.stop();
        station.upgrade();
      }
      station.skew(0);
      station.disarm();
      station.start();
      // By now its peers have shown the center whom it had let in.
      if (waited > 0 && !center.admits(station.id())) station.enrolAnew();
    }
    center.start();
    await time.runUntil(time.now() + MINUTE);
  }
  await neighbour?.bring(center);
  const toRest = async (): Promise<boolean> => {
    for (let healing = 0; healing < HEALED_WITHIN; healing += SECOND) {
      if (isQuiet(stations, await center.log.streamHead(ORG, SITE))) return true;
      await time.runUntil(time.now() + SECOND);
    }
    return false;
  };
  await toRest();
  await time.runUntil(time.now() + 11 * SECOND);
  // A station may just have asked for numbers.
  const quiet = await toRest();
  const seen = quiet ? await editingSeen(stations, time) : [];
  await options.sabotage?.(center);
  const verdict = judge(site, center, stations, oracle, neighbour);
  const facts = [...oracle.facts().values()];
  const outcome: RunOutcome = {
    seed: options.seed,
    lost: verdict.lost,
    diverged: [
      ...(quiet ? [] : stations.map(unquiet)),
      ...seen,
      ...witness.tooEarly(),
      ...recordsDiffer(center.log, stations),
      ...verdict.diverged,
      ...troubles,
    ],
    stationHours: (time.now() / HOUR) * stations.length,
    ...done,
    excused: facts.filter((one) => one.excused).length,
    facts: facts.length,
    clashes: oracle.clashes(() => true).expected.size,
    erased: erasedOf(oracle).size,
    troubles,
    years: yearsGiven(center, oracle),
    fingerprint: sha256([...center.frames()].map((frame) => frame.h).join('\n')),
  };
  for (const station of stations) station.end();
  return outcome;
}

function unquiet(station: StationNode): string {
  if (!station.alive()) return `${station.name} is down`;
  const { center, cursor, head, tries, epoch } = station.sync().state();
  return `${station.name} has not come to rest: center ${center}, ${epoch} ${cursor} of ${head}, ${tries} tries, ${station.store().unsentTotal()} unsent, ${requestsWaiting(station)} requests that wait`;
}
