/** Reads a day of "Fire Department Calls for Service": one row per unit per call, local times. */
import { RosterUnitSchema } from '../../domain/cad/roster.ts';
import { isReadable } from '../../domain/kernel/readable.ts';
import { instantOf } from './local-time.ts';
import { rowsOf } from './rows.ts';

/** The file's time columns in the order of a run. */
export const TIME_COLUMNS = {
  received: 'Received DtTm',
  entry: 'Entry DtTm',
  dispatch: 'Dispatch DtTm',
  response: 'Response DtTm',
  onScene: 'On Scene DtTm',
  transport: 'Transport DtTm',
  hospital: 'Hospital DtTm',
  available: 'Available DtTm',
} as const;
export type TimeColumn = keyof typeof TIME_COLUMNS;
/** Those that are of the unit's run and not of the call. */
export type RunColumn = Exclude<TimeColumn, 'received' | 'entry'>;

/** Columns that describe the call, and the name its incident keeps each under. */
export const CALL_COLUMNS = {
  call: 'Call Number',
  incident: 'Incident Number',
  watch_date: 'Watch Date',
  call_date: 'Call Date',
  zip: 'Zipcode of Incident',
  battalion: 'Battalion',
  box: 'Box',
  original_priority: 'Original Priority',
  priority: 'Priority',
  final_priority: 'Final Priority',
  type_group: 'Call Type Group',
  prevention_district: 'Fire Prevention District',
  supervisor_district: 'Supervisor District',
  neighborhood: 'Neighborhooods - Analysis Boundaries',
} as const;
export type CallColumn = keyof typeof CALL_COLUMNS;

/** The other columns that are read, and how long a cell of each may be: what a roster or an incident can hold. Characters. */
export const OTHER_COLUMNS = {
  'Unit ID': 12,
  'Unit Type': 40,
  'ALS Unit': 64,
  'Call Type': 120,
  'Call Final Disposition': 64,
  Address: 240,
  City: 80,
  'Station Area': 23,
  'Number of Alarms': 64,
  Location: 120,
} as const;
const LONGEST_CELL = 64;
/** How long a cell may be, where that is not the longest. A district is named by its battalion. */
const LIMITS: { readonly [column: string]: number } = { ...OTHER_COLUMNS, Battalion: 24 };

/** A column that is read; what else a file has is left alone. */
export type Column = (typeof TIME_COLUMNS)[TimeColumn] | (typeof CALL_COLUMNS)[CallColumn] | keyof typeof OTHER_COLUMNS;

/** Those that a file is refused without. */
export const NEEDED: readonly Column[] = ['Call Number', 'Unit ID', ...Object.values(TIME_COLUMNS)];

/**
 * One row: a unit on a call, and the call as the rows so far describe it. Times in ms UTC, null where the cell is empty.
 */
export interface DispatchRecord {
  readonly line: number;
  readonly call: string;
  readonly unit: string;
  readonly unitType: string;
  readonly als: boolean;
  readonly type: string;
  readonly disposition: string;
  readonly address: string;
  readonly city: string;
  readonly station: string;
  readonly alarms: number;
  /** [longitude, latitude]. */
  readonly coordinates: readonly [number, number] | null;
  readonly references: { readonly [column: string]: string };
  readonly times: { readonly [T in TimeColumn]: number | null };
}

/** What could not be read: the line of the file, the column, and why. The rest of the row goes in. */
export interface Unread {
  readonly line: number;
  readonly column: string;
  readonly reason: string;
  /** True where the whole row had to stay out. */
  readonly row: boolean;
}

/** A row that says to the letter what one before it said: the same thing once. */
export interface Repeat {
  readonly line: number;
  readonly of: number;
}

export interface Day {
  readonly records: readonly DispatchRecord[];
  readonly repeats: readonly Repeat[];
  readonly unread: readonly Unread[];
}

/** Names of columns apart from how an export spells them: `Received DtTm`, `received_dttm`; the set once wrote three o in a row. */
const spelt = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/o{3,}/g, 'oo');

/** What earlier and later exports of the set call a column. */
const ALSO: { readonly [name: string]: string } = {
  caselocation: 'location',
  neighborhooddistrict: 'neighborhoodsanalysisboundaries',
  neighborhoodanalysisboundaries: 'neighborhoodsanalysisboundaries',
};

function coordinatesOf(text: string): readonly [number, number] | null | string {
  if (text === '') return null;
  const numbers = text.match(/-?\d+(?:\.\d+)?/g)?.map(Number) ?? [];
  const [a, b] = numbers;
  if (numbers.length !== 2 || a === undefined || b === undefined) return 'is not a pair of coordinates';
  // Well-known text and GeoJSON, which a table made of the API's JSON holds, put the longitude first.
  const [longitude, latitude] = /^(POINT|\{)/i.test(text) ? [a, b] : [b, a];
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > 90) return 'is not a place on Earth';
  return [longitude, latitude];
}

/** Of the call an empty cell says nothing: what the row before it (`beforeOf`) said of it stands. */
function recordOf(
  cells: { readonly [column: string]: string },
  line: number,
  zone: string,
  report: (column: string, reason: string, row?: boolean) => void,
  beforeOf: (call: string) => DispatchRecord | undefined,
): DispatchRecord | null {
  const objection = (column: Column, text: string): string | null => {
    if (!isReadable(text) || text.includes('\n')) return 'holds characters that cannot be read';
    const limit = LIMITS[column] ?? LONGEST_CELL;
    return text.length > limit ? `is longer than ${limit} characters` : null;
  };
  const cell = (column: Column): string => {
    const text = (cells[spelt(column)] ?? '').trim().replace(/\s*\n\s*/g, ' ');
    const why = objection(column, text);
    if (why) report(column, why);
    return why ? '' : text;
  };
  /** A cell without which there is no saying what the row is about. */
  const key = (column: Column, read = (text: string): string => text): string => {
    const text = read((cells[spelt(column)] ?? '').trim());
    const why = text === '' ? 'is missing' : objection(column, text);
    if (why) report(column, why, true);
    return why ? '' : text;
  };
  const call = key('Call Number');
  // A callsign is one word: a dispatcher types M01 for "M 01". Its letters are those that a keyboard makes.
  const unit = key('Unit ID', (text) =>
    text
      .replace(/[^\S\n]+/g, '')
      .toUpperCase()
      .normalize('NFC'),
  );
  if (!call || !unit) return null;
  if (!RosterUnitSchema.shape.callsign.safeParse(unit).success) {
    report('Unit ID', "must be letters, digits and hyphens, with / . _ + & : ; ' # ( ) behind the first", true);
    return null;
  }
  const times: Record<string, number | null> = {};
  let before = Number.NEGATIVE_INFINITY;
  for (const [name, column] of Object.entries(TIME_COLUMNS)) {
    const text = cell(column);
    times[name] = null;
    if (text === '') continue;
    const instant = instantOf(text, zone, before);
    if (typeof instant === 'string') report(column, instant);
    else {
      times[name] = instant;
      before = instant;
    }
  }
  if (Object.values(times).every((time) => time === null)) {
    const some = Object.values(TIME_COLUMNS).some((column) => cells[spelt(column)]?.trim());
    report(TIME_COLUMNS.received, `and the other times are empty${some ? ' or cannot be read' : ''}`, true);
    return null;
  }
  const place = coordinatesOf(cell('Location'));
  if (typeof place === 'string') report('Location', place);
  const als = cell('ALS Unit').toLowerCase();
  if (!['', 'true', 'false'].includes(als)) report('ALS Unit', 'is neither true nor false');
  const alarmText = cell('Number of Alarms');
  const isCount = /^\d{1,2}(?:\.0)?$/.test(alarmText) && Number(alarmText) >= 1 && Number(alarmText) <= 20;
  if (alarmText && !isCount) report('Number of Alarms', 'is not a number from 1 to 20');
  const last = beforeOf(call);
  const references: Record<string, string> = { ...last?.references };
  for (const [name, column] of Object.entries(CALL_COLUMNS)) {
    const text = cell(column);
    if (text) references[name] = text;
  }
  const address = cell('Address');
  const coordinates = typeof place === 'string' ? null : place;
  return {
    line,
    call,
    unit,
    unitType: cell('Unit Type'),
    als: als === 'true',
    type: cell('Call Type') || (last?.type ?? ''),
    disposition: cell('Call Final Disposition') || (last?.disposition ?? ''),
    address: address || (last?.address ?? ''),
    city: cell('City') || (last?.city ?? ''),
    station: cell('Station Area') || (last?.station ?? ''),
    alarms: isCount ? Number(alarmText) : (last?.alarms ?? 1),
    // Those of another address would be of another place.
    coordinates: coordinates ?? (address === '' || address === last?.address ? (last?.coordinates ?? null) : null),
    references,
    times: times as DispatchRecord['times'],
  };
}

/** What is the matter with a first line that names none of the columns. */
function whatItIs(text: string): string {
  const [first = ''] = text.split('\n', 1);
  if (text.trim() === '') return ' It is empty.';
  if (text.startsWith('PK\u0003\u0004')) return ' It is a workbook or an archive: save the sheet of it as CSV.';
  if (/^\s*(?:\[|\{)\s*["{\]}]/.test(text)) return ' It is JSON: export it as CSV.';
  if (/^\s*<(?:!doctype|html|\?xml)/i.test(text)) return ' It is a page or XML: export it as CSV.';
  if (first.includes('\u0000')) return ' It is no text.';
  return '';
}

/** Reads the whole file. Nothing in it stops the reading; a file without the needed columns is refused by throwing. */
export function readDay(text: string, zone: string): Day {
  const unread: Unread[] = [];
  const [first, ...rows] = rowsOf(text);
  const header = first?.cells.map((name) => ALSO[spelt(name)] ?? spelt(name)) ?? [];
  const missing = NEEDED.filter((name) => !header.includes(spelt(name)));
  if (missing.length > 0)
    throw new Error(`The file has no column ${missing.map((m) => `"${m}"`).join(', ')}.${whatItIs(text)}`);
  const records: DispatchRecord[] = [];
  const seen = new Map<string, number>();
  const last = new Map<string, DispatchRecord>();
  const repeats: Repeat[] = [];
  for (const { line, cells: all } of rows) {
    const cells = [...all];
    const report = (column: string, reason: string, row = false) => unread.push({ line, column, reason, row });
    while (cells.length > header.length && cells.at(-1) === '') cells.pop();
    if (cells.length !== header.length) {
      report('row', `has ${cells.length} cells where the header has ${header.length}`, true);
      continue;
    }
    const whole = JSON.stringify(cells);
    const of = seen.get(whole);
    if (of !== undefined) {
      repeats.push({ line, of });
      continue;
    }
    // Of two columns of one name the first that says anything counts.
    const named = header.map((name, i) => [name, cells[i] ?? ''] as const).filter(([, text]) => text !== '');
    const one = recordOf(Object.fromEntries(named.reverse()), line, zone, report, (call) => last.get(call));
    if (!one) continue;
    last.set(one.call, one);
    records.push(one);
    seen.set(whole, line);
  }
  return { records, repeats, unread };
}
