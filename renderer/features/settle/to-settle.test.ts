import { describe, expect, it } from 'vitest';
import { incidentRowOf as row, unitChip } from '../../testing/rows.ts';
import { mergedRound, toSettleOf } from './to-settle.ts';

const conflict = { entity: 'incident:1', register: 'location', title: 'location', sides: [] };
const contested = {
  entity: 'incident:1',
  fact: 'f9',
  said: '',
  reason: '',
  waitsFor: null,
  by: '',
  position: '',
  at: 0,
};
const crossed = [row('5', { mergedInto: 'id-6' }), row('6', { mergedInto: 'id-5' })];

describe('what is to be settled', () => {
  it('names a conflict once, however many rows show it', () => {
    const rows = [row('1', { conflicts: [conflict] }), row('2', { conflicts: [conflict], contested: [contested] })];
    expect(toSettleOf(rows, []).map((entry) => entry.key)).toEqual(['incident:1 location', 'f9']);
  });
  it('has a call that was closed or merged over a unit, and those merged into each other once', () => {
    const rows = [
      row('3', { state: 'closed', units: [unitChip()] }),
      row('4', { state: 'merged', mergedInto: 'id-9', units: [unitChip()] }),
      row('7', { state: 'closed' }),
      row('8', { state: 'merged', mergedInto: 'id-5' }),
      ...crossed,
    ];
    expect(toSettleOf(rows, []).map(({ kind, whose }) => [kind, whose])).toEqual([
      ['ended', '3'],
      ['ended', '4'],
      ['crossed', '5'],
    ]);
    expect(toSettleOf(rows.toReversed(), [])).toEqual(toSettleOf(rows, []));
  });
  it('goes round however many were merged into each other', () => {
    const three = [
      row('1', { mergedInto: 'id-2' }),
      row('2', { mergedInto: 'id-3' }),
      row('3', { mergedInto: 'id-1' }),
      // What leads into them is not one of them.
      row('0', { mergedInto: 'id-1' }),
    ];
    const known = Object.fromEntries(three.map((one) => [one.id, one]));
    expect(
      three
        .slice(0, 1)
        .flatMap((one) => mergedRound(one, known))
        .map(({ number }) => number),
    ).toEqual(['1', '2', '3']);
    expect(toSettleOf(three, []).map(({ key }) => key)).toEqual(['crossed id-1']);
  });
  it('begins with the priority that it touches, then with what may keep a unit from being sent', () => {
    const rows = [
      row('1', { priority: '4', state: 'closed', units: [unitChip()] }),
      row('2', { priority: '1', contested: [contested] }),
      row('3', { priority: '1', conflicts: [{ ...conflict, entity: 'incident:3' }] }),
      ...crossed,
    ];
    expect(toSettleOf(rows, []).map(({ key }) => key)).toEqual([
      'incident:3 location',
      'f9',
      'crossed id-5',
      'ended id-1',
    ]);
  });
});
