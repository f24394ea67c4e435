/** One run from one seed: hours of work at a room's consoles while everything goes wrong, then healing, then the verdict. */
import { sha256 } from '../../sealing/digest.ts';
import { administer } from './administrator.ts';
import type { CenterNode } from './center-node.ts';
import { createDoing, type Done } from './doing.ts';
import { erasedOf } from './erased.ts';
import { heal, unquiet } from './healing.ts';
import { type Kinds, planOf } from './plan.ts';
import { letThingsGoWrong } from './planned-faults.ts';
import { editingSeen } from './presence.ts';
import { recordsDiffer } from './records.ts';
import { createRoom, type Room } from './room.ts';
import { ANY_DAY, type Calendar } from './roster.ts';
import { goAboutTheirWork } from './routines.ts';
import { judge, type Verdict } from './verdict.ts';
import { yearsGiven } from './verdict-numbers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

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

export interface RunOutcome extends Verdict, Done {
  readonly seed: number;
  /** Simulated hours of all stations together. */
  readonly stationHours: number;
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
  const { seed, calendar = ANY_DAY } = options;
  const plan = planOf(seed, options.hours, options);
  const room = await createRoom(plan, calendar, options.trace);
  const { chance, erasing } = plan;
  const { time, stations } = room;
  const end = plan.hours * HOUR;
  switchOn(room, end);
  const doing = createDoing(room);
  goAboutTheirWork(room, doing, end);
  if (seed > 0) letThingsGoWrong(room, doing, end);
  if (erasing !== null) {
    const office = { ...room, chance: chance.fork('administrator'), act: doing.act };
    administer(office, end - 2 * MINUTE, erasing);
  }
  await time.runUntil(end);
  const quiet = await heal(room);
  const seen = quiet ? await editingSeen(stations, time) : [];
  await options.sabotage?.(room.center);
  const verdict = verdictOn(room, [...(quiet ? [] : stations.map(unquiet)), ...seen]);
  const outcome = { ...verdict, seed, ...doing.done(), ...figuresOf(room) };
  for (const station of stations) station.end();
  return outcome;
}

/** One of an older build may come when the others have long been at work with all that they have. */
function switchOn({ plan, stations, time }: Room, end: number): void {
  const coming = plan.chance.fork('the older one comes');
  for (const station of stations)
    if (station.older() && coming.happens(0.5)) time.after(coming.between(0.1, 0.6) * end, station.start);
    else station.start();
}

/** `seen`: what did not come together as somebody at the consoles would see it. */
function verdictOn(room: Room, seen: readonly string[]): Verdict {
  const { site, center, stations, oracle, neighbour, witness, troubles } = room;
  const { lost, diverged } = judge(site, center, stations, oracle, neighbour);
  const records = recordsDiffer(center.log, stations);
  return { lost, diverged: [...seen, ...witness.tooEarly(), ...records, ...diverged, ...troubles] };
}

function figuresOf({
  time,
  stations,
  center,
  oracle,
  troubles,
}: Room): Omit<RunOutcome, keyof Verdict | keyof Done | 'seed'> {
  const facts = [...oracle.facts().values()];
  return {
    stationHours: (time.now() / HOUR) * stations.length,
    excused: facts.filter((one) => one.excused).length,
    facts: facts.length,
    clashes: oracle.clashes(() => true).expected.size,
    erased: erasedOf(oracle).size,
    troubles,
    years: yearsGiven(center, oracle),
    fingerprint: sha256([...center.frames()].map((frame) => frame.h).join('\n')),
  };
}
