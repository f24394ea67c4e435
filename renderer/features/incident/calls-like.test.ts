import { describe, expect, it } from 'vitest';
import { incidentRowOf } from '../../testing/rows.ts';
import { callsLike } from './calls-like.ts';

const MINUTE = 60_000;
const place = (text: string) => ({ location: { text } });
const here = incidentRowOf('26-00010', {
  ...place('1200 Oak St'),
  callback: '(415) 555-0142',
  answeredAt: 90 * MINUTE,
});
const like = (over: Parameters<typeof incidentRowOf>[1], row = here): string[] =>
  callsLike(row, [row, incidentRowOf('26-00009', { answeredAt: 80 * MINUTE, ...place('Pier 39'), ...over })]).map(
    ({ row: { number }, by }) => `${number} ${by}`,
  );

describe('a call that may be one that is open', () => {
  it('is at the same place, however that was typed', () => {
    for (const text of ['1200 Oak St', '1200 OAK STREET', ' 1200  oak st. '])
      expect(like(place(text)), text).toEqual(['26-00009 same place']);
    const corner = incidentRowOf('26-00011', { ...place('Larkin St / Fulton St'), answeredAt: 90 * MINUTE });
    for (const text of ['Fulton Street / Larkin Street', 'fulton st & larkin st', 'Larkin St and Fulton St'])
      expect(like(place(text), corner), text).toEqual(['26-00009 same place']);
    for (const text of ['120 Oak St', '1200 Oak Ave', 'Oak St', 'no place', ''])
      expect(like(place(text)), text).toEqual([]);
  });

  it('is called in from the same number, however that was typed, and not from a part of one', () => {
    for (const callback of ['415-555-0142', '+1 415 555 0142', '555 0142'])
      expect(like({ callback }), callback).toEqual(['26-00009 same number']);
    for (const callback of ['415-555-0143', '0142', '', 'none']) expect(like({ callback }), callback).toEqual([]);
  });

  it('is none that is over, long ago, or known to be another: linked to it', () => {
    const same = place('1200 Oak St');
    expect(like({ ...same, state: 'active' })).toHaveLength(1);
    for (const state of ['closed', 'merged'] as const) expect(like({ ...same, state }), state).toEqual([]);
    expect(like({ ...same, answeredAt: 29 * MINUTE })).toEqual([]);
    expect(like(same, { ...here, linked: ['id-26-00009'] })).toEqual([]);
    expect(like(same, { ...here, state: 'closed' })).toEqual([]);
  });

  it('is the nearest in time first', () => {
    const at = (number: string, minutes: number) =>
      incidentRowOf(number, { ...place('1200 Oak St'), answeredAt: minutes * MINUTE });
    const rows = [at('26-00007', 50), at('26-00012', 91), at('26-00008', 80)];
    expect(callsLike(here, rows).map(({ row }) => row.number)).toEqual(['26-00012', '26-00008', '26-00007']);
  });
});
