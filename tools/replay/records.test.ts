/** The door of a day's CSV: every column that is read, driven by their list. */
import { describe, expect, it } from 'vitest';
import { COLUMNS, type DispatchRecord, NEEDED, readDay } from './records.ts';

const ZONE = 'America/Los_Angeles';
type Column = (typeof COLUMNS)[number];

const TIME = '04/09/2020 10:00:00 AM';
const TIMES = [
  'soon',
  '2020-13-45T10:00:00',
  '03/08/2020 02:30:00 AM',
  '04/09/2020 25:00:00',
  '0',
  'null',
  '1586451601',
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
  'Call Number': ['', '   '],
  'Unit ID': ['', 'E 1', 'E01;', 'E01E01E01E01E', '../E1', 'É1'],
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
const NEVER = ['a\u0000b', 'a\u001b[31m', 'a\u202eb', 'a\nb', 'x'.repeat(10_000_000)];
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
    for (const cell of [...WRONG[column], ...NEVER]) {
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
