import { describe, expect, it } from 'vitest';
import { type Findable, isWanted, wantedOf, wantedSaid } from './find.ts';

const ZONE = 'America/Los_Angeles';
/** Friday 27 Nov 2026, 10:03 there. */
const NOW = Date.UTC(2026, 10, 27, 18, 3);

const one = (over: Partial<Findable> = {}): Findable => ({
  number: '26-00417',
  references: ['F26-004411'],
  answeredAt: Date.UTC(2026, 10, 26, 20),
  callback: '(415) 555-0142',
  texts: ['1200 Oak St', 'apt 4', 'Chest pain', 'Ada Byron'],
  callsigns: () => ['M36', 'E06'],
  ...over,
});
const finds = (text: string, over: Partial<Findable> = {}): boolean => isWanted(one(over), wantedOf(text, NOW, ZONE));
const said = (text: string): string => wantedSaid(wantedOf(text, NOW, ZONE), ZONE);

describe('finding an incident', () => {
  it('goes by the end of its number, words of its place, the number that called, and units that were on it', () => {
    for (const text of [
      '417',
      '4411',
      'f26-004411',
      '26-00417',
      'oak',
      '1200 oak',
      'OAK 417',
      '(415) 555-0142',
      '5550142',
      '0142',
      'm36',
      'E6 oak',
      'byron',
    ])
      expect([text, finds(text)]).toEqual([text, true]);
    for (const text of ['418', 'ak', 'elm', 'oak elm', '5550143', 'M3', 'M36 elm'])
      expect([text, finds(text)]).toEqual([text, false]);
  });
  it('goes by a day of the site, however it is said', () => {
    for (const text of [
      'yesterday',
      'THU',
      'thursday',
      '11/26',
      '11/26/26',
      '11/26/2026',
      '2026-11-26',
      '26nov',
      'NOV26',
    ])
      expect([text, finds(text), said(text)]).toEqual([text, true, 'Thu 26 Nov 2026']);
    for (const text of ['today', 'WED', '11/25', '2025-11-26']) expect([text, finds(text)]).toEqual([text, false]);
    expect(finds('oak yesterday')).toBe(true);
    expect(finds('elm yesterday')).toBe(false);
    // A day begins where the site is: 07:59 UTC is the evening before there.
    expect(finds('yesterday', { answeredAt: Date.UTC(2026, 10, 27, 7, 59) })).toBe(true);
    expect(finds('yesterday', { answeredAt: Date.UTC(2026, 10, 27, 8) })).toBe(false);
  });
  it('takes a day without a year as the last that has been, and one that is none as a word', () => {
    expect(said('12/25')).toBe('Thu 25 Dec 2025');
    expect(said('friday')).toBe('Fri 27 Nov 2026');
    expect(said('2/30')).toBe('2/30');
    expect(said('13/1')).toBe('13/1');
    expect(said('sun valley')).toBe('sun valley');
    expect(said('valley sun')).toBe('valley, Sun 22 Nov 2026');
  });
  it('knows the days on which clocks change', () => {
    for (const [text, hours] of [
      ['2026-11-01', 25],
      ['2026-03-08', 23],
    ] as const) {
      const { day } = wantedOf(text, NOW, ZONE);
      expect([text, ((day?.to ?? 0) - (day?.from ?? 0)) / 3_600_000]).toEqual([text, hours]);
    }
  });
});
