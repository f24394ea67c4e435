/** docs/operator/replay.md says where at the center every column that is read is. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CALL_COLUMNS, OTHER_COLUMNS, TIME_COLUMNS } from './records.ts';

const page = readFileSync(new URL('../../docs/operator/replay.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| '));

it.each(Object.entries(CALL_COLUMNS))('names ref:%s and the column %s in one row', (name, column) => {
  expect(rows.filter((row) => row.includes(column) && row.includes(`ref:${name}`))).toHaveLength(1);
});

it.each([...Object.values(TIME_COLUMNS).map((column) => column.replace(' DtTm', '')), ...Object.keys(OTHER_COLUMNS)])(
  'says where %s is',
  (column) => {
    expect(rows.some((row) => row.split('|')[1]?.includes(column))).toBe(true);
  },
);
