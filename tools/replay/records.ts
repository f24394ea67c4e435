/** Reads a day of "Fire Department Calls for Service": one row per unit per call, local times. */
import { parse } from 'csv-parse/sync';
import { isReadable } from '../../domain/kernel/readable.ts';
import { instantOf } from './local-time.ts';

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

/** The other columns that are read, and how long a cell of each may be. Characters. */
const OTHER_COLUMNS = {
  'Unit ID': 12,
  'Unit Type': 64,
  'ALS Unit': 64,
  'Call Type': 120,
  'Call Final Disposition': 64,
  Address: 240,
  City: 80,
  'Station Area': 64,
  'Number of Alarms': 64,
  Location: 64,
} as const;
const LONGEST_CELL = 64;

type Column = (typeof TIME_COLUMNS)[TimeColumn] | (typeof CALL_COLUMNS)[CallColumn] | keyof typeof OTHER_COLUMNS;

/** Every column that is read; what else a file has is left alone. */
export const COLUMNS = [
  ...Object.values(TIME_COLUMNS),
  ...Object.values(CALL_COLUMNS),
  ...Object.keys(OTHER_COLUMNS),
] as readonly Column[];

/** Those that a file is refused without. */
export const NEEDED: readonly Column[] = ['Call Number', 'Unit ID', ...Object.values(TIME_COLUMNS)];

/** One row: a unit on a call. Times in ms UTC, null where the cell is empty. */
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

/** What later exports of the set call a column. */
const ALSO: { readonly [name: string]: string } = { caselocation: 'location' };

function coordinatesOf(text: string): readonly [number, number] | null | string {
  if (text === '') return null;
  const numbers = text.match(/-?\d+(?:\.\d+)?/g)?.map(Number) ?? [];
  const [a, b] = numbers;
  if (numbers.length !== 2 || a === undefined || b === undefined) return 'is not a pair of coordinates';
  const [longitude, latitude] = /^POINT/i.test(text) ? [a, b] : [b, a];
  if (Math.abs(longitude) > 180 || Math.abs(latitude) > 90) return 'is not a place on Earth';
  return [longitude, latitude];
}

function recordOf(
  cells: { readonly [column: string]: string },
  line: number,
  zone: string,
  report: (column: string, reason: string, row?: boolean) => void,
): DispatchRecord | null {
  const cell = (column: Column): string => {
    const text = (cells[spelt(column)] ?? '').trim();
    if (!isReadable(text) || /[\r\n]/.test(text)) {
      report(column, 'holds characters that cannot be read');
      return '';
    }
    const limit = column in OTHER_COLUMNS ? OTHER_COLUMNS[column as keyof typeof OTHER_COLUMNS] : LONGEST_CELL;
    if (text.length > limit) {
      report(column, `is longer than ${limit} characters`);
      return '';
    }
    return text;
  };
  const call = cell('Call Number');
  const unit = cell('Unit ID').toUpperCase();
  if (!call) report('Call Number', 'is missing', true);
  if (!unit) report('Unit ID', 'is missing', true);
  if (!call || !unit) return null;
  if (!/^[A-Z0-9-]+$/.test(unit)) {
    report('Unit ID', 'must be letters, digits and hyphens', true);
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
    report(TIME_COLUMNS.received, 'the row has no time at all', true);
    return null;
  }
  const place = coordinatesOf(cell('Location'));
  if (typeof place === 'string') report('Location', place);
  const als = cell('ALS Unit').toLowerCase();
  if (!['', 'true', 'false'].includes(als)) report('ALS Unit', 'is neither true nor false');
  const alarmText = cell('Number of Alarms');
  const alarms =
    /^\d{1,2}$/.test(alarmText) && Number(alarmText) >= 1 && Number(alarmText) <= 20 ? Number(alarmText) : 1;
  if (alarmText && String(alarms) !== String(Number(alarmText)))
    report('Number of Alarms', 'is not a number from 1 to 20');
  const references: Record<string, string> = {};
  for (const [name, column] of Object.entries(CALL_COLUMNS)) {
    const text = cell(column);
    if (text) references[name] = text;
  }
  return {
    line,
    call,
    unit,
    unitType: cell('Unit Type'),
    als: als === 'true',
    type: cell('Call Type'),
    disposition: cell('Call Final Disposition'),
    address: cell('Address'),
    city: cell('City'),
    station: cell('Station Area'),
    alarms,
    coordinates: typeof place === 'string' ? null : place,
    references,
    times: times as DispatchRecord['times'],
  };
}

/** Reads the whole file. Nothing in it stops the reading; a file without the needed columns is refused by throwing. */
export function readDay(text: string, zone: string): Day {
  const unread: Unread[] = [];
  const rows = parse(text, {
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    info: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  const header = rows[0]?.record.map((name) => ALSO[spelt(name)] ?? spelt(name)) ?? [];
  const missing = NEEDED.filter((name) => !header.includes(spelt(name)));
  if (missing.length > 0) throw new Error(`The file has no column ${missing.map((m) => `"${m}"`).join(', ')}.`);
  const records: DispatchRecord[] = [];
  const seen = new Map<string, number>();
  const repeats: Repeat[] = [];
  for (const { record, info } of rows.slice(1)) {
    const report = (column: string, reason: string, row = false) =>
      unread.push({ line: info.lines, column, reason, row });
    if (record.length !== header.length) {
      report('row', `has ${record.length} cells where the header has ${header.length}`, true);
      continue;
    }
    const cells = Object.fromEntries(header.map((name, i) => [name, record[i] ?? '']));
    const whole = JSON.stringify(record);
    const of = seen.get(whole);
    if (of !== undefined) {
      repeats.push({ line: info.lines, of });
      continue;
    }
    const one = recordOf(cells, info.lines, zone, report);
    if (!one) continue;
    records.push(one);
    seen.set(whole, info.lines);
  }
  return { records, repeats, unread };
}
