import { describe, expect, it } from 'vitest';
import {
  clockOn,
  clockTime,
  dateLine,
  dayLine,
  daysTurned,
  elapsed,
  lateness,
  readTime,
  shortTime,
  when,
} from './format.ts';

const AT = Date.UTC(2024, 3, 9, 21, 32, 7);
const ZONE = 'America/Los_Angeles';
/** Long after whatever is read here. */
const LATER = Date.UTC(2100, 0);

describe('times of the board', () => {
  it('are in the center’s zone', () => {
    expect(clockTime(AT, ZONE)).toBe('14:32:07');
    expect(dayLine(AT, ZONE)).toBe('Tue 9 Apr');
    expect(dateLine(AT, ZONE)).toMatch(/^Tue 9 Apr 20\d\d$/);
    expect(clockTime(AT, 'No/Where')).toBe('21:32:07');
    expect(when(AT, AT + 60_000, ZONE)).toBe('14:32');
    expect(clockOn(AT, AT + 60_000, ZONE)).toBe('14:32:07');
    expect(clockOn(AT, AT + 86_400_000, ZONE)).toBe('Tue 9 Apr 2024 14:32:07');
    expect(when(AT, AT + 86_400_000, ZONE)).toBe('9 Apr 14:32');
  });

  it('show something for a moment that is none, and leave the rest of the board standing', () => {
    for (const at of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
      for (const said of [clockTime, shortTime, dayLine, dateLine]) expect(said(at, ZONE)).toMatch(/\d/);
      expect([when(at, AT, ZONE), when(AT, at, ZONE)]).toEqual([expect.stringMatching(/\d/), '9 Apr 2024 14:32']);
      expect(elapsed(at)).toMatch(/\d/);
    }
  });

  it('name the year of a day that is far, and of no night of New Year', () => {
    expect(when(AT, AT + 365 * 86_400_000, ZONE)).toBe('9 Apr 2024 14:32');
    expect(when(AT, AT - 400 * 86_400_000, ZONE)).toBe('9 Apr 2024 14:32');
    const midnight = Date.UTC(2027, 0, 1, 8);
    expect(when(midnight - 60_000, midnight, ZONE)).toBe('31 Dec 23:59');
    expect(when(midnight, midnight + 60_000, ZONE)).toBe('00:00');
    const leapDay = Date.UTC(2028, 1, 29, 8);
    expect(when(leapDay, leapDay + 86_400_000, ZONE)).toBe('29 Feb 00:00');
    expect(dayLine(leapDay, ZONE)).toBe('Tue 29 Feb');
    expect(readTime('23:59', leapDay + 86_400_000, LATER, ZONE)).toBe(leapDay + 86_340_000);
  });

  it('count up without jumping', () => {
    expect([0, 14_000, 107_999, 3_600_000, 8_095_000, 2.5 * 86_400_000].map(elapsed)).toEqual([
      '0:00',
      '0:14',
      '1:47',
      '1:00:00',
      '2:14:55',
      '2 d 12 h',
    ]);
    expect(elapsed(-5_000)).toBe('0:00');
    expect([99.5, 100.9, 2_421.6].map((days) => elapsed(days * 86_400_000))).toEqual(['99 d 12 h', '100 d', '2421 d']);
  });

  it('turn amber and red exactly at their limits', () => {
    expect([29_999, 30_000, 59_999, 60_000].map((ms) => lateness(ms, [30, 60]))).toEqual([
      'calm',
      'amber',
      'amber',
      'red',
    ]);
    expect(lateness(9e9, null)).toBe('calm');
    expect(lateness(9e9, [null, null])).toBe('calm');
  });

  it('are of the day before where they are still to come, but for what a clock may be ahead', () => {
    expect(readTime('00:00:02', AT, AT, ZONE)).toBe(AT - (14 * 3_600 + 32 * 60 + 5) * 1_000);
    expect(readTime('14:33', AT, AT, ZONE)).toBe(AT + 53_000);
    expect(readTime('14:40', AT, AT, ZONE)).toBe(AT + 473_000 - 86_400_000);
    expect(readTime('14:40', AT, AT + 3_600_000, ZONE)).toBe(AT + 473_000);
  });

  it('are read as typed, nearest to the time they correct, across midnight too', () => {
    expect(readTime('14:30:05', AT, LATER, ZONE)).toBe(AT - 122_000);
    expect(readTime('1430', AT, LATER, ZONE)).toBe(AT - 127_000);
    const afterMidnight = Date.UTC(2024, 3, 10, 7, 1, 0);
    expect(readTime('23:58', afterMidnight, LATER, ZONE)).toBe(afterMidnight - 180_000);
    // Clocks go forward at 02:00 and, in autumn, back from 02:00 to 01:00: an hour ago is an hour ago.
    const forward = Date.UTC(2026, 2, 8, 10, 30);
    expect(readTime('01:30', forward, LATER, ZONE)).toBe(forward - 3_600_000);
    for (const hour of [8, 9]) {
      const back = Date.UTC(2026, 10, 1, hour, 10);
      expect(readTime('01:05', back, LATER, ZONE)).toBe(back - 300_000);
      expect(readTime('01:15', back, LATER, ZONE)).toBe(back + 300_000);
    }
    for (const wrong of ['25:00', '12:60', '7', 'noon', '']) expect(readTime(wrong, AT, LATER, ZONE)).toBeNull();
  });
});

describe('the days of moments in a row', () => {
  const [noon, day] = [Date.UTC(2026, 10, 27, 12), 86_400_000];
  it('are told where they turn, and with their year where that turns', () => {
    const turned = (...moments: readonly number[]) => daysTurned(moments, noon, 'UTC');
    expect(turned(noon - 60_000, noon)).toEqual(['', '']);
    expect(turned(noon - day, noon - day + 1_000, noon)).toEqual(['Thu 26 Nov', '', 'Fri 27 Nov']);
    expect(turned(noon - 400 * day, noon)).toEqual(['Thu 23 Oct 2025', 'Fri 27 Nov 2026']);
  });
});
