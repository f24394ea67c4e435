import { describe, expect, it } from 'vitest';
import type { Json } from '#domain/kernel/json.ts';
import { callsInHand, draftOf, nowStands, putCall, readDraft, subjectOf, typeInto } from './calls-in-hand.ts';
import { fieldsRefused } from './fields-refused.ts';
import { type NatureChoice, naturesFor } from './natures.ts';
import { locationOf, piecesOf, readCoordinates } from './place.ts';

const ALL: readonly NatureChoice[] = [
  { code: 'FALL-H', text: 'Fall, head injury', priority: '2' },
  { code: 'FALL', text: 'Fall', priority: '3' },
  { code: 'CHEST', text: 'Chest pain', priority: '1' },
  { code: 'BACK', text: 'Back pain', priority: '4' },
];

describe('what is typed', () => {
  it('is typed no more once it stands in the incident, but for what was typed on while it was on its way', () => {
    putCall('new-1', { answeredAt: 1, typed: { location: 'Pier 39', zone: '12', caller: 'Ana' } });
    const sent = callsInHand()['new-1']?.typed ?? {};
    typeInto('new-1', 'location', 'Pier 39, north side');
    nowStands('new-1', ['location', 'zone', 'detail'], sent);
    expect(callsInHand()['new-1']?.typed).toEqual({ location: 'Pier 39, north side', caller: 'Ana' });
  });
});

describe('what stood where something is typed', () => {
  it('is kept from the first letter on, comes back with the draft, and goes with what was typed', () => {
    putCall('i7', { incident: 'i7', answeredAt: 1 });
    typeInto('i7', 'caller', 'A', 'Ana');
    typeInto('i7', 'caller', 'An', 'Ben');
    const call = callsInHand().i7;
    expect(call?.over).toEqual({ caller: 'Ana' });
    expect(call && readDraft(draftOf(call) as Json)).toEqual(call);
    typeInto('i7', 'caller', null);
    expect(callsInHand().i7).toMatchObject({ typed: {}, over: {} });
  });
  it("is what was sent from here, where more was typed on since: that is nobody else's", () => {
    putCall('i8', { incident: 'i8', answeredAt: 1 });
    typeInto('i8', 'caller', 'Ana', '');
    const sent = callsInHand().i8?.typed ?? {};
    typeInto('i8', 'caller', 'Ana, daughter', '');
    nowStands('i8', ['caller'], sent);
    expect(callsInHand().i8).toMatchObject({ typed: { caller: 'Ana, daughter' }, over: { caller: 'Ana' } });
  });
});

describe('natures by typing', () => {
  it('have the exact one first, then beginnings, then words, and of equals the most urgent', () => {
    expect(naturesFor(ALL, 'fall').map((one) => one.code)).toEqual(['FALL', 'FALL-H']);
    expect(naturesFor(ALL, 'pain').map((one) => one.code)).toEqual(['CHEST', 'BACK']);
    expect(naturesFor(ALL, 'he fa').map((one) => one.code)).toEqual(['FALL-H']);
    expect(naturesFor(ALL, 'xyz')).toEqual([]);
  });
  it('are found by what people call them, and say by what', () => {
    const all = [
      ...ALL,
      { code: 'HEART', text: 'Heart problem', priority: '2' as const, alsoCalled: ['MI', 'heart attack'] },
    ];
    expect(naturesFor(all, 'attack').map(({ code, by }) => [code, by])).toEqual([['HEART', 'heart attack']]);
    expect(naturesFor(all, 'mi')[0]).toMatchObject({ code: 'HEART', by: 'MI' });
    expect(naturesFor(all, '')).toHaveLength(5);
  });
});

describe('a location in pieces', () => {
  it('takes coordinates as callers say them, latitude first', () => {
    expect(readCoordinates('37.7793, -122.4193')).toEqual([-122.4193, 37.7793]);
    for (const wrong of ['137.7, 2', 'north', '37.7']) expect(readCoordinates(wrong)).toBeNull();
  });
  it('comes back as it was typed', () => {
    const typed = { text: ' LARKIN ST / FULTON ST ', detail: 'lobby', zone: 'N-03', coordinates: '37.7793, -122.4193' };
    const read = locationOf(typed, null);
    expect(read.ok && piecesOf(read.location)).toEqual({ ...typed, text: 'LARKIN ST / FULTON ST' });
  });
  it('is refused without a place, or with coordinates that are none', () => {
    expect(locationOf({ text: ' ', detail: '', zone: '', coordinates: '' }, null).ok).toBe(false);
    expect(locationOf({ text: 'x', detail: '', zone: '', coordinates: 'there' }, null).ok).toBe(false);
  });
  it('keeps the city only while the place is the same', () => {
    const before = { text: 'A', city: 'Harbor' };
    const pieces = { text: 'A', detail: '2', zone: '', coordinates: '' };
    expect(locationOf(pieces, before)).toEqual({ ok: true, location: { text: 'A', detail: '2', city: 'Harbor' } });
    expect(locationOf({ ...pieces, text: 'B' }, before)).toEqual({ ok: true, location: { text: 'B', detail: '2' } });
  });
});

describe('what is typed into a field', () => {
  it('is refused in the words of the form, with the way out', () => {
    expect(fieldsRefused({ callback: '(415) 555-0142', location: { text: '1 Oak St' } })).toBeNull();
    expect(fieldsRefused({ location: { text: 'x'.repeat(241) } })).toBe(
      'The location is too long: 240 characters at most. The rest can be a note.',
    );
    expect(fieldsRefused({ references: { HCFD: '26-4411' } })).toBeNull();
    expect(fieldsRefused({ references: { HCFD: '9'.repeat(65) } })).toBe(
      'The number is too long: 64 characters at most.',
    );
    expect(fieldsRefused({ callback: 'x'.repeat(41) })).toMatch(/^The callback is too long: 40 characters/);
  });
});

describe('a draft', () => {
  it('is read back, and anything else is not', () => {
    const draft = { incident: null, answeredAt: 5, typed: { location: 'LARK', odd: 7 } };
    expect(readDraft(draft)).toEqual({
      incident: null,
      answeredAt: 5,
      typed: { location: 'LARK' },
      over: {},
      error: '',
    });
    for (const wrong of [null, 'x', [], {}, { answeredAt: 'now' }]) expect(readDraft(wrong)).toBeNull();
  });
  it('is found by its incident', () => {
    const call = { incident: 'i1', answeredAt: 0, typed: {}, over: {}, error: '' };
    expect(subjectOf({ 'new-1': call }, 'i1')).toBe('new-1');
    expect(subjectOf({}, 'i1')).toBe('i1');
  });
});
