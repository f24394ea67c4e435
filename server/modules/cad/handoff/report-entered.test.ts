/** When a report says once that a call was entered later, and when each of its lines does. */
import { expect, it } from 'vitest';
import type { TimelineRow } from '#domain/bridge/topics.ts';
import { enteredTogether } from './report-entered.ts';

const HOUR = 3_600_000;
const rowOf = (at: number, entered: number | null, by = 'Dora Reyes'): TimelineRow => ({
  fact: `f${at}`,
  at,
  entered,
  hlc: '',
  said: 'Note',
  detail: '',
  by,
  position: '',
  unsent: false,
  contested: false,
  kind: 'note',
});
const moment = (at: number): string => new Date(at).toISOString().slice(11, 19);
const said = (rows: readonly TimelineRow[]): string => enteredTogether(rows, moment).said;
const four = [0, 1, 2, 3].map((minute) => rowOf(minute * 60_000, HOUR + minute * 60_000));

it('is said once of all, or of all until some moment', () => {
  expect(said(four)).toBe('All of this was entered later, from 01:00 to 01:03 by Dora Reyes.');
  const { said: until, facts } = enteredTogether([...four, rowOf(2 * HOUR, null)], moment);
  expect(until).toBe('All that happened until 00:03:00 was entered later, from 01:00 to 01:03 by Dora Reyes.');
  expect([...facts]).toEqual(four.map(({ fact }) => fact));
});

it('is said line by line of few lines, of several people, over a longer time, and around what was entered at once', () => {
  expect(said(four.slice(1))).toBe('');
  expect(said([...four.slice(1), rowOf(240_000, HOUR, 'Kim Lee')])).toBe('');
  expect(said([...four, rowOf(240_000, 2 * HOUR)])).toBe('');
  expect(said([four[0] as TimelineRow, rowOf(1, null), ...four.slice(1), rowOf(240_000, HOUR)])).toBe('');
});
