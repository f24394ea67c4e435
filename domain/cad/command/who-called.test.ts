/** What the form of a call asks in words, and the alarm level, by the line. */
import { beforeEach, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { atTwoCalls, callAt, typedAt } from '../testing/typed-lines.ts';

let at: Console;
const { ghost, run } = typedAt(() => at);
const X = 'k1';

beforeEach(() => {
  at = atTwoCalls();
});
const row = () => callAt(at, X);

it('is set, emptied, and asked for where it is missing', () => {
  expect(run('CB 0001 (415) 555-0142')).toBe('26-K0001 callback (415) 555-0142');
  expect(run('CN Kim Lee, neighbor', X)).toBe('26-K0001 caller Kim Lee, neighbor');
  expect(run('PI . 60 y, male', X)).toBe('26-K0001 patient 60 y, male');
  expect(row()).toMatchObject({ callback: '(415) 555-0142', caller: 'Kim Lee, neighbor', patient: '60 y, male' });
  expect(ghost('CB 0001 -')).toBe('26-K0001 callback emptied');
  expect(run('CB 0001 -')).toBe('26-K0001 callback nothing');
  expect(row()?.callback).toBe('');
  expect(ghost('CB 0001')).toBe('needs: What is the number to call back: 26-K0001?');
  expect(ghost(`CB 0001 ${'5'.repeat(41)}`)).toMatch(/^refused: That is too long/);
});

it('takes a number to call back for what it is, whether or not one is selected', () => {
  expect(ghost('CB 4155550142', X)).toBe('26-K0001 callback 4155550142');
  expect(ghost('CB 0002 4155550142', X)).toBe('needs: Is 0002 the incident 26-K0002, or said of 26-K0001?');
  expect(ghost('CB 26-K0002 4155550142', X)).toBe('26-K0002 callback 4155550142');
  run('D M36 0001');
  expect(ghost('M36 CB 4155550142')).toBe('26-K0001 callback 4155550142');
});

it('is an alarm level of the call that is named or selected', () => {
  expect(ghost('LV 0001 2')).toBe('26-K0001, Chest pain, 1200 Oak St to alarm 2');
  expect(run('LV 2', X)).toBe('26-K0001 alarm level 2');
  expect(row()?.alarm).toBe(2);
  expect(ghost('LV 0001 21')).toBe('needs: Alarm levels are 1 to 20. Which?');
  expect(ghost('ALARM 0001 3')).toBe('26-K0001, Chest pain, 1200 Oak St to alarm 3');
  expect(ghost('LV', X)).toBe('needs: Alarm level of 26-K0001?');
});
