import { describe, expect, it } from 'vitest';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { incidentRowOf as row, unitChip } from '../../testing/rows.ts';
import { rowByDigits } from '../../ui/row-by-digits.ts';
import { activeOf, closedOf, filtered, pendingOf, waitingSince, waitsOnceMore } from './board-rows.ts';
import { partsOfNumber, shortNumber } from './short-number.ts';
import { tagsThatFit } from './tags-that-fit.ts';

const chip = unitChip();
const numbers = (rows: readonly IncidentRow[]) => rows.map((one) => one.number);

describe('the units in a row', () => {
  const units = Array.from({ length: 6 }, (_, i) => ({ callsign: `E0${i}`, code: 'DP' }));
  it('are as many as fit whole beside the count of the rest', () => {
    expect(tagsThatFit(units, Number.POSITIVE_INFINITY).tags).toBe(6);
    expect(tagsThatFit(units, 11).tags).toBe(2);
    expect(tagsThatFit(units.slice(0, 2), 8.4).tags).toBe(2);
    expect(tagsThatFit([], 5)).toEqual({ tags: 0, tight: false });
  });
  it('are one at least, which gives up its air where it has no room beside the count', () => {
    expect(tagsThatFit(units, 3)).toEqual({ tags: 1, tight: true });
    expect(tagsThatFit(units.slice(0, 1), 1)).toEqual({ tags: 1, tight: true });
    expect(tagsThatFit(units, 5.5)).toEqual({ tags: 1, tight: false });
    expect(tagsThatFit([...units, ...units], 5.5)).toEqual({ tags: 1, tight: true });
  });
});

describe('the lists of the board', () => {
  const rows = [
    row('3', { answeredAt: 5_000 }),
    row('1', { answeredAt: 1_000, readyAt: 9_000 }),
    row('2', { answeredAt: 2_000 }),
    row('held', { state: 'held', answeredAt: 0 }),
    row('b', { state: 'active', priority: '1', answeredAt: 8_000, units: [chip] }),
    row('a', { state: 'active', priority: null, answeredAt: 1_000, units: [chip] }),
    row('heldWithUnit', { state: 'held', priority: '3', units: [chip] }),
    row('old', { state: 'closed', closedAt: 10 }),
    row('new', { state: 'merged', closedAt: 20 }),
    row('closedOver', { state: 'closed', priority: '4', closedAt: 30, units: [chip] }),
  ];
  it('hold every incident once', () => {
    const all = [...pendingOf(rows), ...activeOf(rows), ...closedOf(rows)];
    expect(numbers(all).toSorted()).toEqual(numbers(rows).toSorted());
  });
  it('have waiting calls oldest first by when they could be sent, held ones last', () => {
    expect(numbers(pendingOf(rows))).toEqual(['2', '3', '1', 'held']);
  });
  it('have a reopened call wait from its reopening, and from when it could be sent where that came later', () => {
    const again = row('again', { answeredAt: 0, readyAt: 10, reopenedAt: 3_000 });
    expect(waitingSince(again)).toBe(3_000);
    expect(waitingSince({ ...again, readyAt: 4_000 })).toBe(4_000);
    expect(waitingSince({ ...again, readyAt: null })).toBe(3_000);
    expect(numbers(pendingOf([...rows, again]))).toEqual(['2', 'again', '3', '1', 'held']);
  });
  it('have a call that its last unit left wait from then, said to wait again where the unit was taken from it', () => {
    const canceled = row('canceled', {
      answeredAt: 0,
      readyAt: 10,
      left: { at: 9_500, standard: 'canceled', reached: true },
    });
    expect(waitingSince(canceled)).toBe(9_500);
    expect(numbers(pendingOf([...rows, canceled]))).toEqual(['2', '3', '1', 'canceled', 'held']);
    expect(waitsOnceMore(canceled)).toBe('again');
    const left = { at: 9_500, standard: 'available', reached: true };
    expect(waitsOnceMore({ ...canceled, left })).toBe('cleared');
    expect(waitsOnceMore({ ...canceled, left: { ...left, standard: 'outOfService', reached: false } })).toBe('again');
    expect(waitsOnceMore({ ...canceled, left, reopenedAt: 9_900 })).toBe('again');
    expect(waitsOnceMore({ ...canceled, state: 'closed' })).toBe(null);
    expect(waitsOnceMore(row('new'))).toBe(null);
  });
  it('have active ones by priority and age, closed ones newest first', () => {
    expect(numbers(activeOf(rows))).toEqual(['b', 'heldWithUnit', 'closedOver', 'a']);
    expect(numbers(closedOf(rows))).toEqual(['new', 'old']);
  });
  it('are filtered by every word', () => {
    const list = [row('24-1', { units: [chip] }), row('24-2', { location: { text: 'FULTON ST', detail: 'lobby' } })];
    expect(numbers(filtered(list, 'm36 lark'))).toEqual(['24-1']);
    expect(numbers(filtered(list, 'LOBBY'))).toEqual(['24-2']);
    expect(filtered(list, ' ')).toBe(list);
  });
});

describe('numbers', () => {
  it('are found by their last digits before any others', () => {
    expect(rowByDigits(['24-10418', '24-10184', '24-10500'], '18')).toBe(0);
    expect(rowByDigits(['24-10418', '24-10184'], '184')).toBe(1);
    expect(rowByDigits(['24-10418'], '9')).toBe(-1);
  });
  it('lose their year where room is short, and never everything', () => {
    expect(['24-10418', '2026-10418', '26-K3F-0001', '10418'].map(shortNumber)).toEqual([
      '10418',
      '10418',
      'K3F-0001',
      '10418',
    ]);
  });

  it('end in what they are named by, also where the letters of a log are digits alone', () => {
    const parts = (number: string, short: boolean): string[] => Object.values(partsOfNumber(number, short));
    expect(['26-K3F-0001', '26-552934-0001', '26-00012', '10418'].map((number) => parts(number, true))).toEqual([
      ['K3F', '-0001'],
      ['552934', '-0001'],
      ['', '00012'],
      ['', '10418'],
    ]);
    expect(['26-K3F-0001', '26-552934-0001', '26-00012', '10418'].map((number) => parts(number, false))).toEqual([
      ['26-K3F', '-0001'],
      ['26-552934', '-0001'],
      ['', '26-00012'],
      ['', '10418'],
    ]);
  });
});
