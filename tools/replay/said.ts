/**
 * What every row says of its call and of its unit, held against all that was ever written of the incident: rows of one call
 * may say different things of it, the last of them counts, and what the others said has to be found in its history.
 */
import { apart, type Difference } from './held.ts';
import { localText } from './local-time.ts';
import { isNote, notesOf } from './notes.ts';
import { CALL_COLUMNS, type DispatchRecord, TIME_COLUMNS } from './records.ts';
import type { SiteUnit } from './roster.ts';

/** A fact about an incident, as far as it says something that a row says. */
export interface IncidentFact {
  readonly type: string;
  readonly body: {
    readonly nature?: { readonly text: string } | undefined;
    readonly alarm?: number | undefined;
    readonly answeredAt?: number | undefined;
    readonly location?:
      | {
          readonly text: string;
          readonly city?: string | undefined;
          readonly zone?: string | undefined;
          readonly coordinates?: readonly number[] | undefined;
        }
      | undefined;
    readonly references?: { readonly [name: string]: string } | undefined;
    readonly element?: string | undefined;
    readonly at?: number | null | undefined;
    readonly text?: string | undefined;
  };
}

/** The columns of a row that a field of its incident holds, as text; times as milliseconds. */
function claimsOf(record: DispatchRecord): ReadonlyMap<string, string> {
  const { times } = record;
  return new Map([
    ...(times.received === null ? [] : [[TIME_COLUMNS.received, String(times.received)] as const]),
    ...(times.entry === null ? [] : [[TIME_COLUMNS.entry, String(times.entry)] as const]),
    ['Call Type', record.type || 'Unknown'],
    ['Address', record.address || 'Not recorded'],
    ['City', record.city],
    ['Station Area', record.station],
    ['Number of Alarms', String(record.alarms)],
    ['Location', record.coordinates?.join(' ') ?? ''],
    ...Object.entries(CALL_COLUMNS).map(([name, column]) => [column, record.references[name] ?? ''] as const),
  ]);
}

interface Said {
  readonly values: ReadonlyMap<string, ReadonlySet<string>>;
  readonly notes: ReadonlySet<string>;
}

function saidIn(facts: readonly IncidentFact[]): Said {
  const values = new Map<string, Set<string>>();
  const notes = new Set<string>();
  const says = (column: string, value: string | number | null | undefined): void => {
    if (value === undefined || value === null) return;
    values.set(column, (values.get(column) ?? new Set()).add(String(value)));
  };
  for (const { type, body } of facts) {
    const { location, references } = body;
    says('Call Type', body.nature?.text);
    says('Number of Alarms', body.alarm);
    says(TIME_COLUMNS.received, type === 'incident.opened' ? body.answeredAt : undefined);
    if (location) {
      says('Address', location.text);
      says('City', location.city ?? '');
      says('Station Area', location.zone ?? '');
      says('Location', location.coordinates?.join(' ') ?? '');
    }
    for (const [name, column] of Object.entries(CALL_COLUMNS)) {
      says(column, references?.[name] ?? (type === 'incident.opened' ? '' : undefined));
    }
    if (body.element === 'psapCall') says(TIME_COLUMNS.received, body.at);
    if (body.element === 'dispatchNotified') says(TIME_COLUMNS.entry, body.at);
    if (type === 'incident.noted' && body.text && isNote(body.text)) notes.add(body.text);
  }
  return { values, notes };
}

const isTime = (column: string): boolean => column === TIME_COLUMNS.received || column === TIME_COLUMNS.entry;

/** What one call's rows say and its history does not, and the other way around; what its last row says is compared elsewhere. */
function unsaidOf(
  rows: readonly DispatchRecord[],
  facts: readonly IncidentFact[],
  units: ReadonlyMap<string, SiteUnit>,
  zone: string,
  where: string,
): readonly Difference[] {
  const found: Difference[] = [];
  const { values, notes } = saidIn(facts);
  const rest = new Map([...values].map(([column, all]) => [column, new Set(all)]));
  const restOfNotes = new Set(notes);
  const start = Math.min(...rows.flatMap(({ times }) => Object.values(times).filter((time) => time !== null)));
  // A call that is opened without a time of its own begins with the first of any.
  if (rows[0]?.times.received === null) rest.get(TIME_COLUMNS.received)?.delete(String(start));
  for (const column of ['received', 'entry'] as const) {
    if (rows.every(({ times }) => times[column] === null)) rest.delete(TIME_COLUMNS[column]);
  }
  for (const record of rows) {
    const { line } = record;
    for (const [column, value] of claimsOf(record)) {
      const said = values.get(column);
      rest.get(column)?.delete(value);
      if (said?.has(value)) continue;
      rest.delete(column);
      if (record === rows.at(-1)) continue;
      const only = said?.size === 1 ? [...said][0] : undefined;
      const texts = isTime(column)
        ? apart(Number(value), only === undefined ? null : Number(only), zone)
        : { file: value, held: only };
      found.push({ line, where: `the history at ${where}`, column, ...texts, held: texts.held || 'something else' });
    }
    for (const note of notesOf(record, rows, units.get(record.unit))) {
      restOfNotes.delete(note);
      if (notes.has(note)) continue;
      const at = note.indexOf(': ');
      const [column, file] = [note.slice(0, at), note.slice(at + 2)];
      found.push({ line, where: `the history at ${where}`, column, file, held: 'something else' });
    }
  }
  const call = rows[0]?.call ?? '';
  const text = (column: string, value: string): string => (isTime(column) ? localText(Number(value), zone) : value);
  const left = [
    ...[...rest].flatMap(([column, all]) => [...all].map((value) => `${column}: ${text(column, value)}`)),
    ...restOfNotes,
  ];
  const tooMuch = left.map((what): Difference => {
    return { line: 0, where, column: 'history', file: 'nothing', held: `${what} in the history of call ${call}` };
  });
  return [...found, ...tooMuch];
}

/** What rows say of their calls and units and no history holds, and the other way around; `factsOf` of the calls that are held. */
export function unsaid(
  records: readonly DispatchRecord[],
  factsOf: ReadonlyMap<string, readonly IncidentFact[]>,
  roster: readonly SiteUnit[],
  zone: string,
  where: string,
): readonly Difference[] {
  const units = new Map(roster.map((unit) => [unit.callsign, unit]));
  return [...Map.groupBy(records, ({ call }) => call)].flatMap(([call, rows]) => {
    const facts = factsOf.get(call);
    return facts ? unsaidOf(rows, facts, units, zone, where) : [];
  });
}

/** A unit as the center's roster has it. */
export interface HeldUnit {
  readonly callsign: string;
  readonly kind: string;
  readonly capabilities: readonly string[];
}

/** Units of which the roster says another kind than the file, or another level of care. A unit that is missing has no rows. */
export function otherUnits(
  records: readonly DispatchRecord[],
  roster: readonly SiteUnit[],
  held: readonly HeldUnit[],
  where: string,
): readonly Difference[] {
  const units = new Map(held.map((unit) => [unit.callsign, unit]));
  return roster.flatMap(({ callsign, kind, als }): Difference[] => {
    const unit = units.get(callsign);
    if (!unit) return [];
    const line = records.find((record) => record.unit === callsign)?.line ?? 0;
    const has = unit.capabilities.includes('ALS');
    return [
      ...(unit.kind === kind ? [] : [{ line, where, column: 'Unit Type', file: kind, held: unit.kind }]),
      ...(has === als ? [] : [{ line, where, column: 'ALS Unit', file: String(als), held: String(has) }]),
    ];
  });
}
