/** The door of a day's CSV: every column that is read, driven by their list. */
import { describe, expect, it } from 'vitest';
import { IncidentFieldsSchema } from '../../domain/cad/facts.ts';
import { ROSTER_SCHEMAS } from '../../domain/cad/roster.ts';
import {
  CALL_COLUMNS,
  type Column,
  type DispatchRecord,
  NEEDED,
  OTHER_COLUMNS,
  readDay,
  TIME_COLUMNS,
} from './records.ts';
import { rosterOf } from './roster.ts';
import { recordsOf } from './set-up.ts';
import { fieldsOf } from './step.ts';

const ZONE = 'America/Los_Angeles';
const COLUMNS = [TIME_COLUMNS, CALL_COLUMNS]
  .flatMap((columns) => Object.values<Column>(columns))
  .concat(Object.keys(OTHER_COLUMNS) as Column[]);

const TIME = '04/09/2020 10:00:00 AM';
const TIMES = [
  'soon',
  '2020-13-45T10:00:00',
  '03/08/2020 02:30:00 AM',
  '04/09/2020 25:00:00',
  '0',
  'null',
  '1586451601',
  '04/09/2020',
  '04/09/20 10:00:00',
  '2020-04-09T10:00:00+25:00',
  '12/31/1969 10:00:00 AM',
  '04/09/2020 10:00:00 AM; drop table',
];

/** Cells that each column is refused with beside what no cell may be. A column that is new needs a row here. */
const WRONG: { readonly [C in Column]: readonly string[] } = {
  'Received DtTm': TIMES,
  'Entry DtTm': TIMES,
  'Dispatch DtTm': TIMES,
  'Response DtTm': TIMES,
  'On Scene DtTm': TIMES,
  'Transport DtTm': TIMES,
  'Hospital DtTm': TIMES,
  'Available DtTm': TIMES,
  'Call Number': ['', '   ', 'a\nb'],
  'Unit ID': ['', ' ', 'a\nb', '#1', 'E01,', 'E01E01E01E01E', '../E1', '?', '.', 'E*1', 'a\u0301b\u200b'],
  'ALS Unit': ['perhaps', '1', '0', 'null'],
  'Number of Alarms': ['0', '21', '-1', '1.5', '1e1', 'one', '0x2'],
  Location: ['here', '(1)', '(1, 2, 3)', 'POINT (200 10)', '(95.0, 10.0)', 'POINT (10 -91)'],
  // Whatever can be read, within its length.
  'Incident Number': [],
  'Watch Date': [],
  'Call Date': [],
  'Zipcode of Incident': [],
  Battalion: [],
  Box: [],
  'Original Priority': [],
  Priority: [],
  'Final Priority': [],
  'Call Type Group': [],
  'Fire Prevention District': [],
  'Supervisor District': [],
  'Neighborhooods - Analysis Boundaries': [],
  'Unit Type': [],
  'Call Type': [],
  'Call Final Disposition': [],
  Address: [],
  City: [],
  'Station Area': [],
};
const NEVER = ['a\u0000b', 'a\u001b[31m', 'a\u202eb', 'x'.repeat(100_000)];
/** One column of each kind is also tried with as much as a file may hold by mistake, which takes a second each. */
const OF_EACH_KIND: readonly Column[] = ['Call Number', 'Unit ID', 'Received DtTm', 'Location', 'Address'];
const VAST = 'x'.repeat(10_000_000);
/** Without either of them there is no saying what the row is about. */
const WHOLE_ROW: readonly string[] = ['Call Number', 'Unit ID'];

const good = Object.fromEntries(COLUMNS.map((column) => [column, 'A'])) as { [C in Column]: string };
for (const column of NEEDED) if (column.endsWith('DtTm')) good[column] = TIME;
Object.assign(good, { 'ALS Unit': 'true', 'Number of Alarms': '2', Location: '(37.7, -122.4)', 'Unit ID': 'E01' });

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const fileOf = (...rows: readonly { readonly [column: string]: string }[]): string => {
  const columns = Object.keys(rows[0] ?? {});
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
    .map((cells) => cells.map(quoted).join(','))
    .join('\n');
};
const withoutLine = ({ line: _, ...rest }: DispatchRecord) => rest;

it('reads a row in which every column is filled', () => {
  const { records, unread } = readDay(fileOf(good), ZONE);
  expect(unread).toEqual([]);
  expect(records).toHaveLength(1);
  const [record] = records;
  expect(record).toMatchObject({ call: 'A', unit: 'E01', als: true, alarms: 2, coordinates: [-122.4, 37.7] });
  expect(Object.values(record?.times ?? {})).not.toContain(null);
  expect(JSON.stringify(record).match(/"A"/g)?.length).toBe(
    COLUMNS.filter((column) => good[column] === 'A').length + 1,
  );
});

describe.each(COLUMNS)('%s', (column) => {
  it('is refused by its name and line, the row beside it goes in, and what is refused is nowhere', () => {
    for (const cell of [...WRONG[column], ...NEVER, ...(OF_EACH_KIND.includes(column) ? [VAST] : [])]) {
      const { records, unread } = readDay(fileOf(good, { ...good, [column]: cell }), ZONE);
      const told = unread.map((one) => [one.column, one.row]);
      expect(
        told.map(([of]) => of),
        cell.slice(0, 40),
      ).toContain(column);
      expect(unread.every((one) => one.reason.length < 120 && !one.reason.includes('\n'))).toBe(true);
      const out = WHOLE_ROW.includes(column);
      expect(told.some(([, row]) => row)).toBe(out);
      expect(records).toHaveLength(out ? 1 : 2);
      if (cell.length > 4) expect(JSON.stringify(records)).not.toContain(JSON.stringify(cell).slice(1, -1));
    }
  });

  it('is needed or is not', () => {
    const { [column]: _, ...without } = good;
    if (NEEDED.includes(column)) expect(() => readDay(fileOf(without), ZONE)).toThrow(`"${column}"`);
    else expect(readDay(fileOf(without), ZONE)).toMatchObject({ unread: [], records: [{ call: 'A', unit: 'E01' }] });
  });
});

it('takes a unit whose name has spaces by its callsign, which has none, and in capitals', () => {
  for (const unit of ['E 01', ' e01 ', 'E\t01', 'E\u00a001'])
    expect(readDay(fileOf({ ...good, 'Unit ID': unit }), ZONE)).toMatchObject({
      unread: [],
      records: [{ unit: 'E01' }],
    });
});

it('takes callsigns as other places write them, in one spelling', () => {
  for (const [unit, callsign] of [
    ['1/83-1', '1/83-1'],
    ['ö12', 'Ö12'],
    ['O\u030812', 'Ö12'],
    ['e_1.a', 'E_1.A'],
    ['Д4', 'Д4'],
    ['消防1', '消防1'],
    ['e+1', 'E+1'],
    ['E & T', 'E&T'],
    ["o'b;1", "O'B;1"],
    ['E:1#(R)', 'E:1#(R)'],
  ] as const)
    expect(readDay(fileOf({ ...good, 'Unit ID': unit }), ZONE)).toMatchObject({
      unread: [],
      records: [{ unit: callsign }],
    });
});

it('takes what was written over several lines of a cell as one', () => {
  const { records, unread } = readDay(fileOf({ ...good, Address: '5TH ST \r\n\n  GATE 2', Box: '13\n36' }), ZONE);
  expect(unread).toEqual([]);
  expect(records).toMatchObject([{ address: '5TH ST GATE 2', references: { box: '13 36' } }]);
});

it('says of a row whose times cannot be read that none of them can', () => {
  const times = Object.fromEntries(COLUMNS.filter((column) => column.endsWith('DtTm')).map((column) => [column, '']));
  const row = (time: string) => readDay(fileOf({ ...good, ...times, 'Dispatch DtTm': time }), ZONE).unread;
  const out = { line: 2, column: 'Received DtTm', row: true };
  expect(row('soon').at(-1)).toEqual({ ...out, reason: 'and the other times are empty or cannot be read' });
  expect(row('')).toEqual([{ ...out, reason: 'and the other times are empty' }]);
});

it('leaves alone what it does not know, and takes no row of another shape', () => {
  const plain = readDay(fileOf(good), ZONE).records.map(withoutLine);
  const more = readDay(fileOf({ ...good, __proto__x: 'x', constructor: 'x', org: 'another' }), ZONE);
  expect(more.records.map(withoutLine)).toEqual(plain);
  const text = fileOf(good);
  for (const row of ['', 'a', `${text.split('\n')[1]},more`, ','.repeat(100_000)])
    expect(readDay(`${text}\n${row}`, ZONE).records.map(withoutLine)).toEqual(plain);
  for (const nothing of ['', 'a,b\n1,2', '\u0000', '{"json":true}', 'x'.repeat(1_000_000)])
    expect(() => readDay(nothing, ZONE)).toThrow(/^The file has no column "Call Number"/);
});

describe('a file that is broken somewhere', () => {
  const whole = fileOf(
    ...['C1', 'C2', 'C3', 'C4'].map((call) => ({ ...good, Location: 'POINT (-122.4 37.7)', 'Call Number': call })),
  );
  const callsIn = (text: string) => readDay(text, ZONE).records.map(({ call }) => call);
  /** The file with one cell of the second row as it stands here. */
  const broken = (cell: string) => whole.replace(quoted('C2'), cell);

  it('costs the row that is broken, and no other', () => {
    const first = whole.split('\n').slice(0, 4).join('\n');
    for (const end of ['\n"4","E0', '\n"4",E0', '\n4', '\n"', '\n\n'])
      expect(callsIn(first + end), end).toEqual(['C1', 'C2', 'C3']);
    expect(readDay(`${first}\n"4","E0`, ZONE).unread).toMatchObject([{ line: 5, column: 'row', row: true }]);
    // Without quotes elsewhere, one that is never closed would take all that follows.
    const plain = broken('"C2').replace(/"(?!C2,)/g, '');
    expect(plain.match(/"/g)).toHaveLength(1);
    expect(callsIn(plain).filter((call) => !call.includes('C2'))).toEqual(['C1', 'C3', 'C4']);
  });

  it('is named by the line that a row begins on', () => {
    const two = readDay(broken('"C\r\n2"'), ZONE);
    expect(two.records.map(({ call, line }) => [call, line])).toEqual([
      ['C1', 2],
      ['C3', 5],
      ['C4', 6],
    ]);
    expect(two.unread).toMatchObject([{ line: 3, column: 'Call Number', row: true }]);
  });

  it('may end its lines in any way, with nothing between them, and its rows with commas', () => {
    for (const end of ['\r\n', '\r', '\n\n', ',,\n', '\r\n\r\n'])
      expect(callsIn(whole.replaceAll('\n', end).replace(/^([^\r\n]*),,/, '$1') + end), JSON.stringify(end)).toEqual([
        'C1',
        'C2',
        'C3',
        'C4',
      ]);
  });
});

it('leaves out what spreadsheets leave behind the last row, and names the lines behind it rightly', () => {
  const [header = '', row = ''] = fileOf(good).split('\n');
  const nothing = ','.repeat(COLUMNS.length - 1);
  const { records, unread } = readDay(
    [nothing, header, row, nothing, '  ', `"",${nothing}`, row.replace('"A"', '"B"'), nothing, ''].join('\n'),
    ZONE,
  );
  expect(unread).toEqual([]);
  expect(records.map(({ line }) => line)).toEqual([3, 7]);
});

it('says of a key that is too long that and nothing else', () => {
  expect(readDay(fileOf({ ...good, 'Unit ID': 'E'.repeat(13) }), ZONE).unread).toEqual([
    { line: 2, column: 'Unit ID', reason: 'is longer than 12 characters', row: true },
  ]);
});

it('says what is the matter with a file that is no such CSV', () => {
  for (const [text, why] of [
    ['', 'It is empty.'],
    [' \n\n', 'It is empty.'],
    ['PK\u0003\u0004\u0014\u0000', 'save the sheet of it as CSV'],
    ['[{"call_number":"1"}]', 'export it as CSV'],
    ['{"json":true}', 'export it as CSV'],
    ['<!DOCTYPE html>\n<html>', 'export it as CSV'],
    ['\u0000\u0001', 'It is no text.'],
  ] as const)
    expect(() => readDay(text, ZONE)).toThrow(why);
});

it('reads columns with semicolons or tabs between them, as spreadsheets of other places save them', () => {
  const { records } = readDay(fileOf(good, { ...good, Address: 'A; "B", C' }), ZONE);
  expect(records).toHaveLength(2);
  const broken = '\n"E01;"E02\tE03\n';
  for (const separator of [';', '\t']) {
    const text = fileOf(good, { ...good, Address: 'A; "B", C' }).replaceAll('","', `"${separator}"`);
    expect(readDay(text, ZONE)).toEqual({ records, repeats: [], unread: [] });
    // Spreadsheets put no quotes where none are needed, and a row that is broken costs itself alone here too.
    const bare = text
      .replaceAll(`"${separator}"`, separator)
      .replace(/^"|"$/gm, '')
      .replace('A; ""B"", C', '"A; ""B"", C"');
    expect(readDay(`\n${bare}${broken}`, ZONE).records.map(withoutLine)).toEqual(records.map(withoutLine));
  }
});

it('takes the first of two columns of one name that says anything', () => {
  const text =
    'Call Number,Unit ID,Location,case_location,Received DtTm,Entry DtTm,Dispatch DtTm,Response DtTm,On Scene DtTm,Transport DtTm,Hospital DtTm,Available DtTm';
  const rows = ['1,E01,,POINT (-122.4 37.7)', '2,E01,"(37.7, -122.4)",POINT (1 2)'].map(
    (row) => `${row},${TIME},,,,,,,`,
  );
  for (const { coordinates } of readDay([text, ...rows].join('\n'), ZONE).records)
    expect(coordinates).toEqual([-122.4, 37.7]);
});

it('reads a place as a table made of the API writes it', () => {
  const { records } = readDay(fileOf({ ...good, Location: "{'type': 'Point', 'coordinates': [-122.4, 37.7]}" }), ZONE);
  expect(records[0]?.coordinates).toEqual([-122.4, 37.7]);
});

it('refuses no roster for the longest cells that it takes', () => {
  const longest = Object.fromEntries(
    COLUMNS.map((column) => {
      const fits = (n: number) => readDay(fileOf({ ...good, [column]: 'A'.repeat(n) }), ZONE).unread.length === 0;
      const n = Array.from({ length: 300 }, (_, i) => 300 - i).find(fits);
      return [column, n === undefined ? good[column] : 'A'.repeat(n)];
    }),
  );
  const { records, unread } = readDay(fileOf(longest), ZONE);
  expect(unread).toEqual([]);
  for (const { kind, body } of recordsOf(rosterOf(records)))
    expect(ROSTER_SCHEMAS[kind].safeParse(body).error?.issues ?? []).toEqual([]);
  for (const record of records)
    expect(IncidentFieldsSchema.safeParse(fieldsOf(record)).error?.issues ?? []).toEqual([]);
});

describe('a cell of the call that is empty in a later row', () => {
  const header =
    'Call Number,Unit ID,Call Type,Call Final Disposition,Address,City,Box,Number of Alarms,Location,'.concat(
      Object.values(TIME_COLUMNS).join(','),
    );
  const callOf = (...rows: readonly string[]) =>
    readDay([header, ...rows.map((row) => `${row},${TIME},,,,,,,`)].join('\n'), ZONE).records;

  it('leaves standing what the row before it says', () => {
    const [, second, third] = callOf(
      '7,E01,Alarms,Fire,A ST,SF,12,2,"(37.7, -122.4)"',
      '7,E02,,,,,,,',
      '8,E03,,,,,,,',
      '7,E04,Medical Incident,,,,,,',
    );
    const stated = { disposition: 'Fire', address: 'A ST', city: 'SF', alarms: 2, coordinates: [-122.4, 37.7] };
    expect(second).toMatchObject({ ...stated, type: 'Alarms', references: { box: '12' } });
    expect(third).toMatchObject({ type: '', address: '', alarms: 1, coordinates: null, references: { call: '8' } });
    expect(callOf('7,E01,Alarms,Fire,A ST,SF,12,2,', '7,E04,Medical Incident,,,,,,')[1]).toMatchObject({
      type: 'Medical Incident',
      disposition: 'Fire',
    });
  });

  it('takes no coordinates along to another address', () => {
    const [, other] = callOf('7,E01,Alarms,Fire,A ST,SF,12,2,"(37.7, -122.4)"', '7,E02,,,B ST,,,,');
    expect(other).toMatchObject({ address: 'B ST', coordinates: null });
  });
});
