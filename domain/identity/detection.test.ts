import { describe, expect, it } from 'vitest';
import {
  type Attempt,
  distance,
  massReading,
  oddHours,
  type Place,
  type Reading,
  readMany,
  spraying,
  travel,
} from './detection.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 10, 25, 12, 30);
const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  at: NOW - 60_000,
  account: 'a',
  person: 'ann',
  address: '192.0.2.1',
  good: false,
  ...more,
});
const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe('password spraying', () => {
  it('is one address at many accounts', () => {
    expect(
      spraying(
        times(8, (i) => attempt({ account: `a${i}` })),
        NOW,
      ),
    ).toMatchObject([{ kind: 'password spraying', subject: '192.0.2.1', evidence: { accounts: 8, failures: 8 } }]);
  });

  it('is not one account, not many addresses, not long ago, and not a room that mostly gets in', () => {
    expect(
      spraying(
        times(30, () => attempt()),
        NOW,
      ),
    ).toEqual([]);
    expect(
      spraying(
        times(20, (i) => attempt({ account: `a${i}`, address: `192.0.2.${i}` })),
        NOW,
      ),
    ).toEqual([]);
    expect(
      spraying(
        times(20, (i) => attempt({ account: `a${i}`, at: NOW - HOUR })),
        NOW,
      ),
    ).toEqual([]);
    const room = times(30, (i) => attempt({ account: `b${i}`, good: true }));
    expect(spraying([...room, ...times(10, (i) => attempt({ account: `a${i}` }))], NOW)).toEqual([]);
  });
});

describe('impossible travel', () => {
  const places: { readonly [address: string]: Place } = {
    '192.0.2.1': [-122.42, 37.77],
    '198.51.100.1': [-71.06, 42.36],
    '203.0.113.1': [-121.89, 37.34],
  };
  const placeOf = (address: string): Place | null => places[address] ?? null;
  const went = (address: string, at: number): Attempt => attempt({ address, at, good: true });

  it('is San Francisco and an hour later Boston, 4,330 km', () => {
    expect(Math.round(distance([-122.42, 37.77], [-71.06, 42.36]) / 10_000)).toBe(433);
    const seen = travel([went('198.51.100.1', NOW), went('192.0.2.1', NOW - HOUR)], placeOf);
    expect(seen).toMatchObject([{ kind: 'impossible travel', subject: 'ann', evidence: { minutes: 60 } }]);
  });

  it('is not six hours later, not the next town, not an unknown address, not a failed try', () => {
    expect(travel([went('192.0.2.1', NOW - 6 * HOUR), went('198.51.100.1', NOW)], placeOf)).toEqual([]);
    expect(travel([went('192.0.2.1', NOW - 1), went('203.0.113.1', NOW)], placeOf)).toEqual([]);
    expect(travel([went('192.0.2.1', NOW - 1), went('10.0.0.1', NOW)], placeOf)).toEqual([]);
    expect(travel([went('192.0.2.1', NOW - 1), attempt({ address: '198.51.100.1', at: NOW })], placeOf)).toEqual([]);
  });
});

describe('mass reading', () => {
  const hour = NOW - (NOW % HOUR);
  const ofHour = (more: Partial<Reading> = {}): Reading => ({
    person: 'ann',
    hour,
    last: hour,
    charts: 0,
    incidents: 0,
    ...more,
  });
  const monthOf = (more: Partial<Reading>): Reading[] =>
    times(20, (i) => ofHour({ ...more, hour: hour - (i + 5) * HOUR }));

  it('is many charts, and far more than ever before', () => {
    const usual = monthOf({ charts: 12 });
    expect(massReading([...usual, ofHour({ charts: 90, last: hour + 7 })], NOW)).toMatchObject([
      { subject: 'ann', at: hour + 7, evidence: { charts: 90, mostChartsBefore: 12 } },
    ]);
    expect(massReading([...usual, ofHour({ charts: 39 })], NOW)).toEqual([]);
  });

  it('is many incidents, and far more than ever before, by a measure of their own', () => {
    const usual = monthOf({ charts: 70, incidents: 10 });
    expect(massReading([...usual, ofHour({ incidents: 60 })], NOW)).toMatchObject([
      { subject: 'ann', evidence: { incidents: 60, mostIncidentsBefore: 10, charts: 0, mostChartsBefore: 70 } },
    ]);
    expect(massReading([...usual, ofHour({ charts: 39, incidents: 59 })], NOW)).toEqual([]);
  });

  it('is not a biller’s ordinary day', () => {
    const usual = monthOf({ person: 'bill', charts: 70, incidents: 70 });
    expect(massReading([...usual, ofHour({ person: 'bill', charts: 95, incidents: 95 })], NOW)).toEqual([]);
  });

  it('is somebody who read many lately, whose month alone is worth looking at', () => {
    const one = ofHour({ person: 'one', charts: 40 });
    expect(
      readMany([ofHour({ charts: 39, incidents: 59 }), one, ofHour({ person: 'two', incidents: 60 }), one]),
    ).toEqual(['one', 'two']);
  });
});

describe('odd hours', () => {
  const hourOf = (at: number): number => new Date(at).getUTCHours();
  const days = (count: number, hour: number): Attempt[] =>
    times(count, (i) => attempt({ good: true, at: Date.UTC(2026, 10, 24 - i, hour, 5) }));

  it('are those at which somebody has never worked in two months', () => {
    expect(oddHours([...days(24, 20), attempt({ good: true })], hourOf, NOW)).toMatchObject([
      { subject: 'ann', evidence: { hour: 12, usual: ['20'] } },
    ]);
  });

  it('are not the hour beside, and not those of somebody who is hardly known', () => {
    expect(oddHours([...days(24, 13), attempt({ good: true })], hourOf, NOW)).toEqual([]);
    expect(oddHours([...days(9, 20), attempt({ good: true })], hourOf, NOW)).toEqual([]);
  });
});
