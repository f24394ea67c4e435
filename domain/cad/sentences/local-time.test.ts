import { expect, it } from 'vitest';
import { clockText, clockTextOnce, lastTimeOfDay, offsetText, wallTime, yearIn, zoneName } from './local-time.ts';

const ZONE = 'America/Los_Angeles';
const ofDay = (hour: number, minute: number): number => (hour * 60 + minute) * 60_000;
const utc = (text: string): number => Date.parse(`${text}Z`);

it('finds a time of day on the other side of midnight and of a change of clocks', () => {
  const last = (hour: number, minute: number, latest: string): string =>
    new Date(lastTimeOfDay(ofDay(hour, minute), utc(latest), ZONE)).toISOString().slice(0, 16);
  // 00:05 on a summer night: 23:58 was the day before.
  expect(last(23, 58, '2026-07-02T07:05')).toBe('2026-07-02T06:58');
  // 03:30 in the night that clocks go forward at 02:00: 01:30 was an hour ago.
  expect(last(1, 30, '2026-03-08T10:30')).toBe('2026-03-08T09:30');
  // Clocks went back from 02:00 to 01:00: there were two 01:05, and the newest that has been is meant.
  expect(last(1, 5, '2026-11-01T08:10')).toBe('2026-11-01T08:05');
  expect(last(1, 5, '2026-11-01T09:10')).toBe('2026-11-01T09:05');
  expect(last(0, 50, '2026-11-01T09:10')).toBe('2026-11-01T07:50');
  // There was no 02:30 that night; that far into the day it was 03:30.
  expect(last(2, 30, '2026-03-08T12:00')).toBe('2026-03-08T10:30');
});

it('says which of two clocks a moment is by', () => {
  const said = (latest: string, zone: string): string =>
    `${zoneName(utc(latest), zone)} ${offsetText(utc(latest), zone)}`;
  expect(said('2026-11-01T08:30', ZONE)).toBe('PDT UTC-7');
  expect(said('2026-11-01T09:30', ZONE)).toBe('PST UTC-8');
  expect(said('2026-07-01T12:00', 'Asia/Kolkata')).toBe('UTC+5:30 UTC+5:30');
  expect(said('2026-07-01T12:00', 'No/Where')).toBe('UTC UTC+0');
});

it('has words for a moment that is none: whoever signs a fact may write any number into it', () => {
  const furthest = 8_640_000_000_000_000;
  for (const at of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, furthest, -furthest, furthest + 1]) {
    for (const zone of [ZONE, 'UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago']) {
      expect(clockText(at, zone)).toMatch(/^\d\d:\d\d:\d\d$/);
      expect(zoneName(at, zone)).not.toBe('');
      expect(offsetText(at, zone)).toMatch(/^UTC[+-]/);
      for (const moment of [wallTime(at, zone), lastTimeOfDay(ofDay(1, 30), at, zone)])
        expect(Number.isSafeInteger(moment)).toBe(true);
    }
  }
});

it('says of which year a moment is by the clocks of the zone, and by UTC where there is no such zone', () => {
  const eve = utc('2027-01-01T07:59:59');
  expect([yearIn(eve, ZONE), yearIn(eve + 1_000, ZONE), yearIn(eve, 'Nowhere/Else')]).toEqual([2026, 2027, 2027]);
});

it('names the clocks in the hour that they show twice, and in no other', () => {
  const said = (hour: number, minute: number, zone = ZONE) => clockTextOnce(Date.UTC(2026, 10, 1, hour, minute), zone);
  expect([said(7, 59), said(8, 0), said(8, 59), said(9, 0), said(9, 59), said(10, 0)]).toEqual([
    '00:59:00',
    '01:00:00 PDT',
    '01:59:00 PDT',
    '01:00:00 PST',
    '01:59:00 PST',
    '02:00:00',
  ]);
  expect(said(9, 0, 'America/Phoenix')).toBe('02:00:00');
  // In spring an hour is left out, and none is shown twice.
  expect(clockTextOnce(Date.UTC(2026, 2, 8, 10, 5), ZONE)).toBe('03:05:00');
  const lordHowe = Date.UTC(2026, 3, 4, 14, 45);
  expect(clockTextOnce(lordHowe, 'Australia/Lord_Howe')).toBe('01:45:00 UTC+11');
  expect(clockTextOnce(lordHowe + 1_800_000, 'Australia/Lord_Howe')).toBe('01:45:00 UTC+10:30');
});

it('shows each second as the platform does, also in the minute in which clocks are put forward or back', () => {
  // St. John's changed its clocks a minute past midnight, Monrovia by 44 minutes and a half.
  const moments: readonly (readonly [zone: string, at: string])[] = [
    ['America/St_Johns', '2006-04-02T03:31'],
    ['America/St_Johns', '2006-10-29T02:31'],
    ['Africa/Monrovia', '1972-01-07T00:44'],
    ['Asia/Kathmandu', '1985-12-31T18:30'],
    ['Australia/Lord_Howe', '2026-04-04T15:00'],
    [ZONE, '2026-11-01T09:00'],
  ];
  for (const [zone, at] of moments) {
    const shows = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    for (let second = -150; second < 150; second++) {
      const moment = utc(at) + second * 1_000 + (second & 1) * 999;
      const expected = shows.format(moment).replace(' ', 'T');
      expect(`${zone} ${new Date(wallTime(moment, zone)).toISOString().slice(0, 19)}`).toBe(`${zone} ${expected}`);
    }
  }
});
