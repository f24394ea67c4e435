import { describe, expect, it } from 'vitest';
import { keyMeant, waitsFor } from './callsign-typed.ts';

const CALLSIGNS = ['M36', 'T01', 'T12', 'TX1', 'N4'];

describe('a letter typed in the units', () => {
  it('waits where it is a key there and a unit begins with it', () => {
    expect(waitsFor(CALLSIGNS, 'T', {})).toMatchObject({ action: { action: 'time' }, leads: ['T01', 'T12', 'TX1'] });
    expect(waitsFor(CALLSIGNS, 'TX', {})).toMatchObject({ action: { action: 'cancel' }, leads: ['TX1'] });
    expect(waitsFor(CALLSIGNS, 'N', {})).toMatchObject({ action: { action: 'note' }, leads: ['N4'] });
  });
  it('does not where no unit begins so, or where it is no key', () => {
    for (const typed of ['X', 'M', 'E', 'TT']) expect(waitsFor(CALLSIGNS, typed, {}), typed).toBeNull();
  });
  it('is the Latin one of its place on a keyboard of another script, unless units are called by that one', () => {
    const typed = (callsigns: readonly string[], key: string, code: string) => keyMeant(callsigns, { key, code });
    expect(typed(CALLSIGNS, 'ь', 'KeyM')).toBe('m');
    expect(typed([...CALLSIGNS, 'СМП4'], 'м', 'KeyV')).toBe('м');
    expect([typed(CALLSIGNS, 'm', 'KeyM'), typed(CALLSIGNS, '3', 'Digit3')]).toEqual(['m', '3']);
  });
  it('follows the keys as they were changed', () => {
    expect(waitsFor(CALLSIGNS, 'M', { note: 'm', merge: 'n' })).toMatchObject({ action: { action: 'note' } });
    expect(waitsFor(CALLSIGNS, 'N', { note: 'm', merge: 'n' })).toBeNull();
  });
});
