/**
 * What looks like an attack, in what happened. Pure: each detector is given records and says what it sees in them, with what
 * it looked at. None of them stops anybody; a person decides what it was.
 */

export const SECURITY_KINDS = {
  'password spraying': 'One address tried the passwords of many accounts',
  'impossible travel': 'One person signed in at two places that are too far apart for the time between',
  'mass reading': 'One person read far more charts, or opened far more incidents, than they ever do',
  'odd hours': 'One person signed in at an hour at which they never work',
  'passkey copied': 'A passkey was shown whose counter stood still, so there is a copy of it; it opened nothing',
  'guessing at a workstation':
    'Wrong passwords paused a person’s sign-in at a workstation that did not reach the center',
  'recovery code used': 'A recovery code stood in for a second factor',
} as const;
export type SecurityKind = keyof typeof SECURITY_KINDS;

/** Something that a person has to look at. `evidence` is what the detector saw, for them to judge by. */
export interface Suspicion {
  readonly kind: SecurityKind;
  readonly subject: string;
  /** When it was last so, ms UTC. */
  readonly at: number;
  readonly evidence: { readonly [what: string]: string | number | readonly string[] };
}

export interface Attempt {
  readonly at: number;
  /** A hash of the name that was typed. */
  readonly account: string;
  readonly person: string | null;
  readonly address: string;
  readonly good: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Failures of this many accounts from one address within the window are no shift change with a new password. */
const SPRAYED_ACCOUNTS = 8;
const SPRAYING_WINDOW = 15 * MINUTE;

/**
 * One address, many accounts, few tries at each: what a lockout by account does not see. A room behind one address that signs
 * in mostly well is not one: failures must outnumber successes.
 */
export function spraying(attempts: readonly Attempt[], now: number): readonly Suspicion[] {
  const by = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    if (attempt.at > now - SPRAYING_WINDOW) by.set(attempt.address, [...(by.get(attempt.address) ?? []), attempt]);
  }
  return [...by].flatMap(([address, of]) => {
    const failed = of.filter(({ good }) => !good);
    const accounts = new Set(failed.map(({ account }) => account));
    const good = of.length - failed.length;
    if (accounts.size < SPRAYED_ACCOUNTS || failed.length <= good) return [];
    const at = Math.max(...failed.map((attempt) => attempt.at));
    return [
      {
        kind: 'password spraying' as const,
        subject: address,
        at,
        evidence: { accounts: accounts.size, failures: failed.length, signedInMeanwhile: good },
      },
    ];
  });
}

/** [longitude, latitude], WGS 84. */
export type Place = readonly [number, number];

/** Below this an address says too little of where somebody is. m */
const NEAR = 300_000;
/** An airliner's speed, with its way to the airport left out. m/s */
const FASTEST = 280;

/** Great-circle distance on a sphere of the earth's mean radius. m */
export function distance([lonA, latA]: Place, [lonB, latB]: Place): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const [a, b] = [radians(latA), radians(latB)];
  const h = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(radians(lonB - lonA) / 2) ** 2;
  return 2 * 6_371_009 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Two sign-ins of one person that follow each other faster than anybody travels. `attempts` of one person, any order. */
export function travel(attempts: readonly Attempt[], placeOf: (address: string) => Place | null): readonly Suspicion[] {
  const placed = attempts
    .filter(({ good, person }) => good && person !== null)
    .sort((a, b) => a.at - b.at)
    .flatMap((attempt) => {
      const place = placeOf(attempt.address);
      return place ? [{ ...attempt, place }] : [];
    });
  const last = new Map<string, (typeof placed)[number]>();
  const seen: Suspicion[] = [];
  for (const attempt of placed) {
    const person = attempt.person as string;
    const before = last.get(person);
    last.set(person, attempt);
    if (!before || before.address === attempt.address) continue;
    const metres = distance(before.place, attempt.place);
    const seconds = (attempt.at - before.at) / 1_000;
    if (metres < NEAR || metres <= seconds * FASTEST) continue;
    seen.push({
      kind: 'impossible travel',
      subject: person,
      at: attempt.at,
      evidence: {
        from: before.address,
        to: attempt.address,
        kilometres: Math.round(metres / 1_000),
        minutes: Math.round(seconds / 60),
      },
    });
  }
  return seen;
}

/** What one person read of patients in an hour. */
export interface Reading {
  readonly person: string;
  /** The hour, as ms UTC of its beginning. */
  readonly hour: number;
  /** When the last of it was read, ms UTC. */
  readonly last: number;
  /** How many different charts and reports. */
  readonly charts: number;
  /** How many different incidents they opened at the center; a search by callback is one, however many it finds. */
  readonly incidents: number;
}

/** Fewer than this in an hour is work, whoever reads them. */
const MANY_CHARTS = 40;
/** Fewer than one a minute is looking for one of them. What the board shows on the floor is not counted. */
const MANY_INCIDENTS = 60;
/** Times the most that a person read in any hour of the month before. */
const BEYOND_THEIR_MOST = 3;
/** How far back an hour is still worth an event. */
export const READ_LATELY_MS = 2 * HOUR;

const isMany = ({ charts, incidents }: Reading): boolean => charts >= MANY_CHARTS || incidents >= MANY_INCIDENTS;

/** Who read many in one of these hours: of nobody else is the month before needed. */
export function readMany(lately: readonly Reading[]): readonly string[] {
  return [...new Set(lately.filter(isMany).map(({ person }) => person))];
}

/**
 * Hours of the last two in which somebody read many charts or incidents, and far more of them than ever in the `before` of
 * their own month.
 */
export function massReading(readings: readonly Reading[], now: number): readonly Suspicion[] {
  const recent = now - READ_LATELY_MS;
  const before = readings.filter(({ hour }) => hour < recent);
  const lately = readings.filter((reading) => reading.hour >= recent && isMany(reading));
  return lately.flatMap(({ person, last, charts, incidents }) => {
    const theirs = before.filter((reading) => reading.person === person);
    const mostChartsBefore = Math.max(0, ...theirs.map((reading) => reading.charts));
    const mostIncidentsBefore = Math.max(0, ...theirs.map((reading) => reading.incidents));
    const beyond =
      (charts >= MANY_CHARTS && charts >= mostChartsBefore * BEYOND_THEIR_MOST) ||
      (incidents >= MANY_INCIDENTS && incidents >= mostIncidentsBefore * BEYOND_THEIR_MOST);
    const evidence = { charts, mostChartsBefore, incidents, mostIncidentsBefore };
    return beyond ? [{ kind: 'mass reading' as const, subject: person, at: last, evidence }] : [];
  });
}

/** Somebody is known by their hours once they have signed in so often, on so many days. */
const KNOWN_BY = 20;
const KNOWN_DAYS = 10;
const LEARNED_OVER = 60 * DAY;

/** Good sign-ins of the last hour at an hour of the day, or one beside it, at which that person has not in two months. */
export function oddHours(
  attempts: readonly Attempt[],
  hourOf: (at: number) => number,
  now: number,
): readonly Suspicion[] {
  const byPerson = new Map<string, Attempt[]>();
  for (const attempt of attempts) {
    const { person, good, at } = attempt;
    if (good && person !== null && at > now - LEARNED_OVER)
      byPerson.set(person, [...(byPerson.get(person) ?? []), attempt]);
  }
  return [...byPerson].flatMap(([person, of]) => {
    const before = of.filter(({ at }) => at <= now - HOUR);
    const days = new Set(before.map(({ at }) => Math.floor(at / DAY)));
    if (before.length < KNOWN_BY || days.size < KNOWN_DAYS) return [];
    const usual = new Set(before.flatMap(({ at }) => [23, 24, 25].map((beside) => (hourOf(at) + beside) % 24)));
    const odd = of.find(({ at }) => at > now - HOUR && !usual.has(hourOf(at)));
    if (!odd) return [];
    const hours = [...new Set(before.map(({ at }) => hourOf(at)))].sort((a, b) => a - b).map(String);
    return [
      { kind: 'odd hours' as const, subject: person, at: odd.at, evidence: { hour: hourOf(odd.at), usual: hours } },
    ];
  });
}
