import { describe, expect, it } from 'vitest';
import { builtFrom, SETUP_KINDS, type SetupKind, typedOf } from './setup-kinds.ts';

const of = (title: string) => SETUP_KINDS.find((kind) => kind.title === title) as SetupKind;

describe('records as they are set up', () => {
  it('are built from the form and come back into it', () => {
    const typed = {
      callsign: 'm77',
      kind: 'ambulance',
      agency: '',
      home: 'st1',
      capabilities: 'ALS, 4x4',
      active: 'yes',
    };
    const built = builtFrom(of('Units'), {}, typed);
    expect(built).toEqual({
      ok: true,
      body: {
        callsign: 'M77',
        kind: 'ambulance',
        agency: null,
        home: 'st1',
        capabilities: ['ALS', '4x4'],
        active: true,
      },
    });
    expect(built.ok && typedOf(of('Units'), built.body)).toEqual({ ...typed, callsign: 'M77' });
  });
  it('keep what the form does not show', () => {
    const before = { name: 'Mercy', short: 'MERCY', kind: 'hospital', coordinates: [-122.4, 37.7] };
    const built = builtFrom(of('Hospitals'), before, { name: 'Mercy North', short: 'MERCY', address: '', zone: '' });
    expect(built).toEqual({ ok: true, body: { ...before, name: 'Mercy North' } });
  });
  it('say what a nature mostly ends in, in order, or nothing of it', () => {
    const typed = { code: 'FALL', text: 'Fall', priority: '3', needs: '', endings: 'TRANSPORTED,  REFUSED' };
    const built = builtFrom(of('Natures'), {}, typed);
    expect(built).toMatchObject({ ok: true, body: { endings: ['TRANSPORTED', 'REFUSED'] } });
    const none = builtFrom(of('Natures'), { endings: ['REFUSED'] }, { ...typed, endings: '' });
    expect(none).toEqual({ ok: true, body: { code: 'FALL', text: 'Fall', priority: '3' } });
  });
  it('are refused by the name of the field on the screen', () => {
    const built = builtFrom(of('Natures'), {}, { code: 'X', text: 'Y', priority: '', needs: '' });
    expect(built).toMatchObject({ ok: false, field: 'priority', why: expect.stringContaining('Its priority') });
  });
});
