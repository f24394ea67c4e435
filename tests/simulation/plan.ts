/** What a run is to be, drawn from its seed before anything happens. */
import { type Chance, chanceOf } from './chance.ts';
import { STATIONS } from './roster.ts';

/** Actions of the five consoles together in an hour: most runs at a quiet county's pace, some at a busy one's. */
const QUIET_HOUR = 70;
const BUSY_HOUR = 160;

export interface Plan {
  /** The station of a build before this one, if any. */
  readonly older: string | null;
  /** The one whose disk is a real file, if any: a file is slower than memory. */
  readonly onFile: string | null;
  /** Hours of work, without the healing. */
  readonly hours: number;
  /** Whether another site of the organisation writes about what is this one's. */
  readonly neighbour: boolean;
  /** Actions an hour of all stations together. */
  readonly pace: number;
  /** All chance there is in the run, the plan drawn from it. */
  readonly chance: Chance;
}

/** `hours` where they are given, and not the seed's own. */
export function planOf(seed: number, hours?: number): Plan {
  const chance = chanceOf(`seed ${seed}`);
  const older = chance.happens(0.4) ? chance.pick(STATIONS) : null;
  const onFile = chance.happens(0.3) ? chance.pick(STATIONS) : null;
  const long = hours ?? 2 + chance.below(3);
  const neighbour = seed > 0 && chance.fork('neighbour').happens(0.25);
  return { older, onFile, neighbour, hours: long, pace: chance.happens(0.2) ? BUSY_HOUR : QUIET_HOUR, chance };
}
