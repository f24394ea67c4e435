/** What a run is to be, drawn from its seed before anything happens. */
import { type Chance, chanceOf } from './chance.ts';
import type { Level } from './keys.ts';
import { LARGEST_ROOM, STATIONS } from './roster.ts';

/** Actions of all consoles together in an hour: most runs at a quiet county's pace, some at a busy one's. */
const QUIET_HOUR = 70;
const BUSY_HOUR = 160;

/** Workstations of a room that has other than five of them. */
const ROOM_SIZES = [2, 3, 4, 6, 7] as const;

export interface Plan {
  /** The names of the room's workstations. */
  readonly stations: readonly string[];
  /** The station of a build before this one, if any. */
  readonly older: string | null;
  /** The one whose disk is a real file, if any: a file is slower than memory. */
  readonly onFile: string | null;
  /** Hours of work, without the healing. */
  readonly hours: number;
  /** The center is of a build before this one, until this moment of the work in [0, 1]; null where it is of this one from the start. */
  readonly centerOlderUntil: number | null;
  /** The moments of the work at which a station's disk is replaced by an empty one. */
  readonly newDisks: readonly number[];
  /** What is closed and was not touched for so long a station that begins anew gets folded. ms */
  readonly folded: number;
  /** Whether people type lines and leave drafts as well. */
  readonly typed: boolean;
  /** Moments of the work at which the center's clock comes to be off by so much, ms. */
  readonly centerClock: readonly { readonly at: number; readonly by: number }[];
  /** Whether another site of the organisation writes about what is this one's. */
  readonly neighbour: boolean;
  /** Whether it leases its incidents' numbers as well, of the organisation's. */
  readonly neighbourLeases: boolean;
  /** How far this site and the other had leased numbers of their own before they leased together; null where they never did. */
  readonly legacyNumbers: readonly [here: number, there: number] | null;
  /** Whether somebody erases incidents meanwhile, on average every so often; null where nobody does. ms */
  readonly erasing: number | null;
  /** How long a sign-in lasts. ms */
  readonly grantMs: number;
  /** Whether people take over at positions that are others', also by what is held of them while the center is away. */
  readonly takesOver: boolean;
  /** Whether people open what ended long ago, of which some facts lie at the center alone. */
  readonly readsOld: boolean;
  /** Whether an administrator changes the site's records at a console. */
  readonly puts: boolean;
  /** Whether people say how many patients their units take, and when each of several journeys was. */
  readonly counts: boolean;
  /** The moments of the work at which the disk that is a file is damaged. */
  readonly damages: readonly number[];
  /** The moments of the work at which a station's disk has no space for a while. */
  readonly fullDisks: readonly number[];
  /** The moments of the work at which a key of the site, or the one that the center signs with, is made anew. */
  readonly rotations: readonly { readonly at: number; readonly level: Level }[];
  /** The moments of the work at which a workstation is revoked. */
  readonly revocations: readonly number[];
  /** How long a workstation that stays away holds up a new key. ms */
  readonly keyPatience: number;
  /** Whether the store on file is brought up and copied back in pauses, as the product's is. */
  readonly rests: boolean;
  /** Actions an hour of all stations together. */
  readonly pace: number;
  /** All chance there is in the run, the plan drawn from it. */
  readonly chance: Chance;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What came to runs, one after the other: each is drawn from chance of its own, so that a day without it is the day that it was. */
export const CAME = [
  /** Disks that are new, clocks of the center, people who type at once. */
  'later',
  /** Another site leases numbers too. */
  'numbersOfBoth',
  /** Incidents are erased. */
  'erases',
  /** Disks are full. */
  'fills',
  /** Sign-ins end, and people take over at each other's positions. */
  'takesOver',
  /** People open what ended long ago. */
  'readsOld',
  /** An administrator changes records. */
  'puts',
  /** Keys are made anew. */
  'rotates',
  /** Patients are counted, and their journeys told apart. */
  'counts',
  /** Workstations are revoked, and enrolled anew. */
  'revokes',
  /** The room has other than five workstations. */
  'rooms',
] as const;

export type Came = (typeof CAME)[number];

export interface Kinds {
  /** Without this and what came later: a seed that failed before it came is the day that it was. */
  readonly before?: Came | undefined;
  /** Whether disks are damaged: where that is asked for, as the tests of everything do. */
  readonly breaks?: boolean | undefined;
}

/** `hours` where they are given, and not the seed's own. */
export function planOf(seed: number, hours?: number, kinds: Kinds = {}): Plan {
  const came = kinds.before === undefined ? CAME : CAME.slice(0, CAME.indexOf(kinds.before));
  const has = (what: Came): boolean => came.includes(what);
  const breaks = kinds.breaks ?? false;
  const chance = chanceOf(`seed ${seed}`);
  const room = chance.fork('room');
  const stations =
    seed > 0 && has('rooms') && room.happens(0.2) ? LARGEST_ROOM.slice(0, room.pick(ROOM_SIZES)) : STATIONS;
  const older = chance.happens(0.4) ? chance.pick(stations) : null;
  const onFile = chance.happens(0.3) ? chance.pick(stations) : null;
  const long = hours ?? 2 + chance.below(3);
  const neighbour = seed > 0 && chance.fork('neighbour').happens(0.25);
  const pace = chance.happens(0.2) ? BUSY_HOUR : QUIET_HOUR;
  const numbers = chance.fork('numbers');
  const legacyNumbers =
    neighbour && has('numbersOfBoth') && numbers.happens(0.5)
      ? ([numbers.below(300), numbers.below(300)] as const)
      : null;
  const keeping = chance.fork('keeping');
  const erasing = seed > 0 && has('erases') && keeping.happens(0.5) ? keeping.pick([4, 10, 25]) * MINUTE : null;
  const filling = chance.fork('full disks');
  const fullDisks =
    seed > 0 && has('fills') && filling.happens(0.5)
      ? Array.from({ length: 1 + filling.below(4) }, () => filling.next())
      : [];
  const breaking = chance.fork('damage');
  const damages =
    seed > 0 && breaks && breaking.happens(0.3)
      ? Array.from({ length: 1 + breaking.below(2) }, () => breaking.next())
      : [];
  const rotating = chance.fork('keys made anew');
  const rotations =
    seed > 0 && has('rotates') && rotating.happens(0.3)
      ? Array.from({ length: 1 + rotating.below(3) }, () => ({
          at: rotating.next(),
          level: rotating.pick(['site', 'signing'] as const),
        }))
      : [];
  const revoking = chance.fork('workstations revoked');
  const revocations =
    seed > 0 && has('revokes') && revoking.happens(0.3)
      ? Array.from({ length: 1 + revoking.below(3) }, () => revoking.next())
      : [];
  const standing = chance.fork('sign-ins');
  const grantMs =
    seed > 0 && has('takesOver') && standing.happens(0.07) ? standing.pick([12, 25, 50]) * MINUTE : 12 * HOUR;
  const common = {
    stations,
    grantMs,
    takesOver: seed > 0 && has('takesOver') && standing.happens(0.08),
    readsOld: seed > 0 && has('readsOld') && chance.fork('reading').happens(0.3),
    puts: seed > 0 && has('puts') && chance.fork('records').happens(0.3),
    counts: seed > 0 && has('counts') && chance.fork('patients').happens(0.4),
    damages,
    rotations,
    revocations,
    keyPatience: rotating.pick([3 * MINUTE, 20 * MINUTE, 72 * HOUR]),
    erasing,
    fullDisks,
    rests: has('fills'),
    neighbourLeases: neighbour && has('numbersOfBoth'),
    legacyNumbers,
    older,
    onFile: onFile ?? (damages.length > 0 ? breaking.pick(stations) : null),
    neighbour,
    hours: long,
    pace,
    chance,
  };
  const later = chance.fork('later');
  const centerOlderUntil = later.happens(0.25) ? later.between(0.2, 0.9) : null;
  const newDisks = later.happens(0.4) ? Array.from({ length: 1 + later.below(2) }, () => later.between(0.3, 0.98)) : [];
  // As much as is kept of what is over where stations tidy up: longer than any backup is old.
  const folded = later.happens(0.7) ? HOUR : 72 * HOUR;
  const centerClock = later.happens(0.25)
    ? Array.from({ length: 1 + later.below(3) }, () => ({
        at: later.next(),
        by: Math.round(later.between(-600_000, 600_000)),
      }))
    : [];
  if (seed === 0 || !has('later'))
    return { ...common, centerOlderUntil: null, newDisks: [], folded: 72 * HOUR, typed: false, centerClock: [] };
  return { ...common, centerOlderUntil, newDisks, folded, typed: true, centerClock };
}
