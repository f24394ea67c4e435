import { describe, expect, it } from 'vitest';
import { authorSaid, chartSaid, viewsFor } from './rows.ts';

describe('charts on the screen', () => {
  it('begin with what a crew can claim, and with all for whoever is of none', () => {
    expect(viewsFor(['provider'])).toEqual(['unclaimed', 'mine', 'all']);
    expect(viewsFor(['biller', 'flight_nurse'])[1]).toBe('mine');
    expect(viewsFor(['medical_director'])).toEqual(['all', 'unclaimed']);
  });

  it('say whose they are', () => {
    const author = { person: 'p1', name: 'Pam' };
    expect(authorSaid({ author: null }, 'p1')).toBe('nobody’s yet');
    expect(authorSaid({ author }, 'p1')).toBe('yours');
    expect(authorSaid({ author }, 'p2')).toBe('Pam');
    const run = { number: '26-00541', callsign: 'M36' };
    expect(chartSaid({ ...run, patient: 1, patients: 1 })).toBe('26-00541 M36');
    expect(chartSaid({ ...run, patient: 2, patients: 2 })).toBe('26-00541 M36, patient 2');
  });
});
