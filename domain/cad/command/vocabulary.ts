/**
 * What the command line can name: units, incidents, places and words of the site. Made from a station's world to run a
 * line, or from the rows that a window watches to say beforehand what a line will do. The same words give the same reading.
 */
import type { ConflictRow, ContestedRow, IncidentRow, UnitRow } from '../../bridge/topics.ts';
import { type Folded, shownValue } from '../../kernel/fold.ts';
import { type EntityRef, idOf, kindOf, partsOfAssignment } from '../../kernel/ids.ts';
import type { Json } from '../../kernel/json.ts';
import { endingsFor } from '../endings.ts';
import type { NatureNames } from '../natures.ts';
import type { HeldKind, RosterBody } from '../roster.ts';
import { zoneOf } from '../sentences/local-time.ts';
import type { StatusCode } from '../status.ts';
import { conflictsOf, contestedOf } from '../views/conflicts.ts';
import { type Hold, holdIn } from '../views/hold.ts';
import { answeredAtOf, locationOf, natureOf, reopenedAtOf } from '../views/incident-row.ts';
import { lastOfSeveral } from '../views/journeys.ts';
import { digitsAtEnd } from '../views/numbers.ts';
import { callsignOf, emergencyOf, lenderOf, lifeOf, runsOfUnit, statusesOfUnit } from '../views/reading.ts';
import { statusesFor } from '../views/status-set.ts';
import { neighbourUnits, rosterUnits, unitRowOf } from '../views/unit-row.ts';
import type { IndexedWorld, World } from '../views/world.ts';

export interface IncidentWord {
  readonly id: string;
  readonly number: string;
  /** Neither closed nor merged. */
  readonly open: boolean;
  /** Nature and place, e.g. `Chest pain, 1200 Oak St`. */
  readonly what: string;
  /** The code of its nature. */
  readonly nature: string | null;
  /** ms UTC; 0 where that is not known. */
  readonly answeredAt: number;
  /** Since when it is open again after it was over, ms UTC; null where it was not. */
  readonly reopenedAt: number | null;
  /** Null where it is not held. */
  readonly hold: Hold | null;
}

/**
 * Incidents that a line can name: open ones, and of those that are over what is held; an older one that is selected, or was
 * looked for and is named whole.
 */
export interface IncidentWords {
  readonly open: () => readonly IncidentWord[];
  readonly ofId: (id: string) => IncidentWord | undefined;
  /** By a whole number, in capitals. */
  readonly numbered: (number: string) => IncidentWord | undefined;
  /** Those, open or over, whose number ends so, in capitals: at most `most` of them. */
  readonly ending: (text: string, most: number) => readonly IncidentWord[];
  /** Whether the digits at the end of any number are these, all of them. */
  readonly endsInDigits: (digits: string) => boolean;
}

export interface RunWord {
  /** Of the incident. */
  readonly id: string;
  readonly number: string;
  readonly assignment: string;
  /** Of its status there. */
  readonly code: string;
  /** The number of the journey that it is on, where it made several; else null. */
  readonly journey: number | null;
}

export interface UnitWord {
  readonly id: string;
  readonly callsign: string;
  readonly statuses: readonly StatusCode[];
  /** The name of the site that it is of, where it is another; null for one's own. */
  readonly of: string | null;
  /** It called for help, and that is not over. */
  readonly inNeed: boolean;
  /** Its agency by its short name; null where it is of none, or of another site. */
  readonly agency: CodeWord | null;
  /** The incidents it is on, newest first. */
  readonly on: readonly RunWord[];
}

export interface PlaceWord {
  readonly id: string;
  readonly name: string;
  readonly short: string;
}

export interface CodeWord {
  readonly code: string;
  readonly text: string;
}

export interface NatureWord extends CodeWord, NatureNames {}

export interface Vocabulary {
  /** ms UTC. */
  readonly now: number;
  readonly timeZone: string;
  readonly incidents: IncidentWords;
  /** One's own first. */
  readonly units: () => readonly UnitWord[];
  readonly hospitals: () => readonly PlaceWord[];
  readonly posts: () => readonly PlaceWord[];
  /** By their short names. */
  readonly agencies: () => readonly CodeWord[];
  readonly natures: () => readonly NatureWord[];
  /** Of a call of this nature, by code: what it mostly ends in first. */
  readonly dispositions: (nature: string | null) => readonly CodeWord[];
  /** The newest run of a unit on an incident, also one that is over: its assignment's id. */
  readonly assignment: (incident: string, unit: string) => string;
  /** What is to be settled of a unit, with its runs, or of an incident: as its row has it. */
  readonly conflictsOf: (ref: EntityRef) => readonly ConflictRow[];
  /** Of either, what was entered without the right to it. */
  readonly contestedOf: (ref: EntityRef) => readonly ContestedRow[];
}

type Records = Pick<World, 'records'>;

function once<T>(make: () => T): () => T {
  let held: { readonly value: T } | null = null;
  return () => {
    held ??= { value: make() };
    return held.value;
  };
}

function places({ records }: Records, kinds: readonly string[]): readonly PlaceWord[] {
  const found: PlaceWord[] = [];
  for (const { id, body } of records('facility'))
    if (kinds.includes(body.kind)) found.push({ id, name: body.name, short: body.short });
  return found.sort((a, b) => (a.short < b.short ? -1 : 1));
}

function codes(bodies: Iterable<{ readonly body: CodeWord }>): readonly CodeWord[] {
  return [...bodies]
    .map(({ body }) => ({ code: body.code, text: body.text }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

function agencyWords({ records }: Records): readonly CodeWord[] {
  return codes([...bodies(records('agency'))].map(({ short, name }) => ({ body: { code: short, text: name } })));
}

function natureWords({ records }: Records): readonly NatureWord[] {
  return [...bodies(records('nature'))]
    .map(({ code, text, alsoCalled = [] }) => ({ code, text, alsoCalled }))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

function* bodies<B>(records: Iterable<{ readonly body: B }>): Iterable<B> {
  for (const { body } of records) yield body;
}

function rosterWords(of: Records): Pick<Vocabulary, 'hospitals' | 'posts' | 'agencies' | 'natures' | 'dispositions'> {
  return {
    hospitals: once(() => places(of, ['hospital'])),
    posts: once(() => places(of, ['post', 'station'])),
    agencies: once(() => agencyWords(of)),
    natures: once(() => natureWords(of)),
    dispositions: (nature) => endingsFor(nature, bodies(of.records('nature')), codes(of.records('disposition'))),
  };
}

const briefly = (nature: string | undefined, place: string | undefined): string =>
  [nature, place].filter(Boolean).join(', ');

/** Told as it is asked: of most that a line looks at, it looks at the number alone. */
function incidentWord(folded: Folded, world: World): IncidentWord {
  return {
    id: idOf(folded.ref),
    number: world.numberOf(folded.ref),
    get open() {
      return lifeOf(folded, world) === 'open';
    },
    get what() {
      return briefly(natureOf(folded)?.text, locationOf(folded)?.text);
    },
    get nature() {
      return natureOf(folded)?.code ?? null;
    },
    get answeredAt() {
      return answeredAtOf(folded);
    },
    get reopenedAt() {
      return reopenedAtOf(folded);
    },
    get hold() {
      return holdIn(world, folded);
    },
  };
}

function incidentsOf(world: IndexedWorld): IncidentWords {
  const words = new Map<EntityRef, IncidentWord | null>();
  const known = (ref: EntityRef): IncidentWord[] => {
    let held = words.get(ref);
    if (held === undefined) {
      const folded = world.entity(ref);
      held = folded && shownValue(folded, 'number') !== undefined ? incidentWord(folded, world) : null;
      words.set(ref, held);
    }
    return held ? [held] : [];
  };
  const word = (ref: EntityRef): IncidentWord[] => (world.holds(ref) ? known(ref) : []);
  return {
    open: once(() => [...world.openIncidents()].flatMap(word)),
    ofId: (id) => known(`incident:${id}`)[0],
    numbered: (number) => world.byNumber.numbered(number).flatMap(known)[0],
    ending: (text, most) => {
      const found: IncidentWord[] = [];
      for (const ref of world.byNumber.ending(text)) {
        if (found.length >= most) break;
        found.push(...word(ref));
      }
      return found;
    },
    endsInDigits: world.byNumber.endsInDigits,
  };
}

/** The same of rows: there are as many as a board shows. */
function incidentsAmong(all: () => readonly IncidentWord[], found: () => readonly IncidentWord[]): IncidentWords {
  const digits = once(() => new Set(all().map(({ number }) => digitsAtEnd(number))));
  return {
    open: once(() => all().filter(({ open }) => open)),
    ofId: (id) => [...all(), ...found()].find((word) => word.id === id),
    numbered: (number) => [...all(), ...found()].find((word) => word.number.toUpperCase() === number),
    ending: (text, most) =>
      all()
        .filter((word) => word.number.toUpperCase().endsWith(text))
        .slice(0, most),
    endsInDigits: (text) => digits().has(text),
  };
}

const agencyWord = (body: RosterBody<'agency'> | undefined): CodeWord | null =>
  body ? { code: body.short, text: body.name } : null;

/** The vocabulary of a station. `now` in ms UTC. */
export function vocabularyOf(world: IndexedWorld, now: number): Vocabulary {
  return {
    now,
    timeZone: zoneOf(world),
    ...rosterWords(world),
    incidents: incidentsOf(world),
    units: once(() =>
      [...rosterUnits(world), ...neighbourUnits(world)].map((unit) => ({
        id: idOf(unit),
        callsign: callsignOf(world, unit),
        statuses: statusesOfUnit(world, unit),
        of: lenderOf(world, unit),
        inNeed: emergencyOf(world.entity(unit)) !== null,
        agency: agencyWord(world.record('agency', world.record('roster_unit', idOf(unit))?.agency ?? '')),
        on: runsOfUnit(world, unit).map((run) => ({
          id: idOf(run.incident),
          number: world.numberOf(run.incident),
          assignment: idOf(run.ref),
          code: run.status.code,
          journey: lastOfSeveral(run.folded, world),
        })),
      })),
    ),
    assignment: (incident, unit) => {
      const runs = world.assignmentsOf(`incident:${incident}`).flatMap((ref) => partsOfAssignment(ref) ?? []);
      const newest = Math.max(0, ...runs.filter((run) => run.unit === `unit:${unit}`).map(({ ordinal }) => ordinal));
      return `${incident}.${unit}.${newest}`;
    },
    conflictsOf: (ref) =>
      kindOf(ref) === 'unit' ? (unitRowOf(ref, world)?.conflicts ?? []) : conflictsOf(world.entity(ref), world),
    contestedOf: (ref) => contestedOf(world.entity(ref), world),
  };
}

/** Rows as a window watches them: topics `board` and `roster`. */
export interface WatchedRows {
  readonly incidents: Iterable<IncidentRow>;
  /** Those that were looked for (topic of `findTopic`): named whole, or selected. */
  readonly found?: Iterable<IncidentRow>;
  readonly units: Iterable<UnitRow>;
  readonly roster: { readonly [kind: string]: { readonly [id: string]: { readonly id: string; readonly body: Json } } };
}

const wordOfRow = (row: IncidentRow): IncidentWord => ({
  id: row.id,
  number: row.number,
  open: row.state !== 'closed' && row.state !== 'merged',
  what: briefly(row.nature?.text, row.location?.text),
  nature: row.nature?.code ?? null,
  answeredAt: row.answeredAt,
  reopenedAt: row.reopenedAt,
  hold: row.hold,
});

/** The vocabulary of a window, from what it watches. */
export function vocabularyOfRows(rows: WatchedRows, now: number): Vocabulary {
  const records = <K extends HeldKind>(kind: K): { id: string; body: RosterBody<K> }[] =>
    Object.values(rows.roster[kind] ?? {}).map(({ id, body }) => ({ id, body: body as unknown as RosterBody<K> }));
  const agencies = once(() => new Map(records('roster_unit').map(({ id, body }) => [id, body.agency] as const)));
  const named = once(() => new Map(records('agency').map(({ id, body }) => [id, body] as const)));
  const sets = once(() => records('status_set').map(({ body }) => body));
  const sites = once(() => new Map(records('neighbour').map(({ id, body }) => [id, body.name] as const)));
  const lenders = once(
    () => new Map(records('neighbour_unit').map(({ id, body }) => [id, sites().get(body.site) ?? 'another site'])),
  );
  const units = once((): readonly UnitWord[] => {
    const shown = [...rows.units].map((row) => ({
      id: row.id,
      callsign: row.callsign,
      statuses: statusesFor(sets(), agencies().get(row.id) ?? null),
      of: agencies().has(row.id) ? null : (lenders().get(row.id) ?? null),
      inNeed: row.emergency !== null,
      agency: agencyWord(named().get(agencies().get(row.id) ?? '')),
      on: row.incidents.map(({ journey = null, ...run }) => ({ ...run, journey })),
    }));
    const there = new Set(shown.map(({ id }) => id));
    const others = records('neighbour_unit')
      .filter(({ id }) => !there.has(id) && !agencies().has(id))
      .map(({ id, body }) => ({
        id,
        callsign: body.callsign,
        statuses: statusesFor(sets(), null),
        of: lenders().get(id) ?? null,
        inNeed: false,
        agency: null,
        on: [],
      }));
    return [...shown.filter(({ of }) => of === null), ...shown.filter(({ of }) => of !== null), ...others];
  });
  const rowOf = (ref: EntityRef): IncidentRow | UnitRow | undefined => {
    const of: Iterable<IncidentRow | UnitRow> =
      kindOf(ref) === 'unit' ? rows.units : [...rows.incidents, ...(rows.found ?? [])];
    for (const row of of) if (row.id === idOf(ref)) return row;
    return undefined;
  };
  return {
    now,
    timeZone: zoneOf({ records }),
    ...rosterWords({ records }),
    incidents: incidentsAmong(
      once(() => [...rows.incidents].map(wordOfRow)),
      once(() => [...(rows.found ?? [])].map(wordOfRow)),
    ),
    units,
    assignment: (incident, unit) =>
      units()
        .find((word) => word.id === unit)
        ?.on.find((run) => run.id === incident)?.assignment ?? `${incident}.${unit}.0`,
    conflictsOf: (ref) => rowOf(ref)?.conflicts ?? [],
    contestedOf: (ref) => rowOf(ref)?.contested ?? [],
  };
}
