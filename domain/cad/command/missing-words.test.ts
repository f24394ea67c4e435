/** A line whose incident is missing: where the answer goes, and what a unit before a verb of incidents stands for. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Console, idsOf } from '../testing/memory-world.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';
import { completeCommand } from './complete.ts';
import { parseCommand } from './parse.ts';
import type { Parsed } from './reading.ts';
import { vocabularyOf } from './vocabulary.ts';

let at: Console;
const { choices, ghost, run } = typedAt(() => at);
beforeEach(() => {
  at = atTwoCalls();
});

const read = (line: string, selected: string | null = null): Parsed =>
  parseCommand(line, vocabularyOf(at.world, at.means.now), selected);

describe('the incident that is asked for', () => {
  it('goes in before the text that follows it, so that the line with it says what will happen', () => {
    run('D M36 0001');
    run('D M36 0002', null, true);
    for (const [line, whole] of [
      ['OOS M36 restock 20', 'OOS M36 26-K0002 restock 20'],
      ['M36 OOS restock 20', 'M36 OOS 26-K0002 restock 20'],
      ['TR M36 MERCY', 'TR M36 26-K0002 MERCY'],
      ['X M36 crew sick', 'X M36 26-K0002 crew sick'],
      ['PO M36 P7', 'PO M36 26-K0002 P7'],
      ['T M36 OS 0401', 'T M36 26-K0002 OS 0401'],
      ['TR E06 MERCY', 'TR E06 26-K0002 MERCY'],
      ['C TRANS', 'C 26-K0002 TRANS'],
      ['N gate code', 'N 26-K0002 gate code'],
      ['H police 20', 'H 26-K0002 police 20'],
      ['NAT FALL', 'NAT 26-K0002 FALL'],
      ['LOC Oak St', 'LOC 26-K0002 Oak St'],
      ['RO by mistake', 'RO 26-K0002 by mistake'],
      ['AV M36', 'AV M36 26-K0002'],
      ['D E06', 'D E06 26-K0002'],
    ] as const) {
      expect(read(line), line).toMatchObject({ kind: 'needs', what: 'incident' });
      expect(choices(line), line).toContain(whole);
      expect([whole, read(whole).kind]).toEqual([whole, 'calls']);
    }
    expect(read('TR M36 MERCY')).toMatchObject({ at: { text: '', from: 7, to: 7 } });
    expect(read('AV M36')).toMatchObject({ at: null });
  });

  it('is never the one that is selected, where it takes another', () => {
    const [selected = ''] = idsOf(at.world, 'incident');
    for (const verb of ['L', 'UL', 'M']) {
      expect(choices(verb, selected)).toEqual([`${verb} 26-K0002`]);
      expect(choices(`${verb} 0001 0001`)).toEqual([`${verb} 0001 26-K0002`]);
    }
  });
});

describe('what a unit is moved to, or swapped with', () => {
  it('is never what it is on, and where it is left out those are offered that it can be', () => {
    const [first = ''] = idsOf(at.world, 'incident');
    run('D M36 0001');
    run('D E06 0002');
    expect(choices('MV M36')).toEqual(['MV M36 26-K0002']);
    expect(choices('MV M36', first)).toEqual(['MV M36 26-K0002']);
    expect(ghost('MV E06', first)).toMatch(/^Move E06 from 26-K0002 to 26-K0001/);
    expect(choices('SW M36')).toEqual(['SW M36 E06']);
  });
});

describe('what is chosen from a list', () => {
  it('stands for all that was said instead, in however many words', () => {
    run('D M36 0001');
    for (const [line, whole] of [
      ['C 0001 patient refused', 'C 0001 TRANS'],
      ['NAT 0001 pain in the chest', 'NAT 0001 CHEST'],
      ['TR M36 the county one', 'TR M36 MERCY'],
      ['M36 TR the county one', 'M36 TR MERCY'],
    ] as const) {
      expect(choices(line), line).toContain(whole);
      expect([whole, read(whole).kind]).toEqual([whole, 'calls']);
    }
    const [selected = ''] = idsOf(at.world, 'incident');
    expect(choices('L the other', selected)).toEqual(['L 26-K0002 other']);
  });
});

describe('a unit before a verb of incidents', () => {
  it('stands for the incident that it is on, whatever is selected, and for none of the words', () => {
    run('D M36 0002');
    const [selected = ''] = idsOf(at.world, 'incident');
    for (const chosen of [null, selected, 'e06'])
      for (const [line, usual] of [
        ['M36 N gate code', 'N 0002 gate code'],
        ['M36 N 2 patients', 'N 26-K0002 2 patients'],
        ['M36 LOC 5th and Main', 'LOC 0002 5th and Main'],
        ['M36 P 1', 'P 0002 1'],
        ['M36 NAT FALL', 'NAT 0002 FALL'],
        ['M36 H police 20', 'H 0002 police 20'],
        ['M36 RO by mistake', 'RO 0002 by mistake'],
        ['M36 L 0001', 'L 0002 0001'],
        ['M36 M 0001', 'M 0002 0001'],
        ['M36 UM', 'UM 0002'],
        ['M36 N 26-K0001 gate code', 'N 0001 gate code'],
      ] as const)
        expect([line, ghost(line, chosen)]).toEqual([line, ghost(usual)]);
    expect(ghost('M36 N gate code', selected)).toBe('Note on 26-K0002: gate code');
    expect(choices('M36 N 0001 gate code')).toEqual(['M36 N 26-K0001 gate code', 'M36 N . 0001 gate code']);
    expect(ghost('M36 N . 0001 gate code', selected)).toBe('Note on 26-K0002: 0001 gate code');
  });

  it('that is on nothing or on several is asked about, and no other call is written in', () => {
    const [selected = ''] = idsOf(at.world, 'incident');
    expect(ghost('M36 LOC 5th and Main', selected)).toBe(
      'refused: M36 is on nothing. Name the incident: LOC and its number.',
    );
    expect(ghost('M36 N 2 patients')).toContain('M36 is on nothing');
    expect(ghost('M36 N 0002 gate code')).toBe('Note on 26-K0002: gate code');
    run('D M36 0001');
    run('D M36 0002', null, true);
    expect(ghost('M36 N gate code', selected)).toBe('needs: M36 is on 26-K0002 and 26-K0001. Which?');
    expect(choices('M36 N gate code')).toEqual(['M36 N 26-K0002 gate code', 'M36 N 26-K0001 gate code']);
    expect(ghost('M36 N 26-K0001 gate code')).toBe('Note on 26-K0001: gate code');
  });
});

describe('the unit that is asked for', () => {
  beforeEach(() => {
    run('D M36 0001');
    run('D T01 0002');
  });
  const first = (line: string, selected: string | null = null): string | undefined => choices(line, selected)[0];

  it('is one of the call in hand first, then of any other, and for sending one that is free', () => {
    expect(choices('ER', 'incident:k1').slice(0, 2)).toEqual(['ER M36', 'ER T01']);
    expect(choices('X', 'incident:k2').slice(0, 2)).toEqual(['X T01', 'X M36']);
    expect(first('OOS', 'incident:k2')).toBe('OOS T01');
    expect(first('OOS')).toBe('OOS E06');
    expect(choices('D', 'incident:k1').slice(-2)).toEqual(['D M36', 'D T01']);
  });

  it('goes in before the call that is named, as F8 begins a dispatch: that is no unit that there is not', () => {
    for (const line of ['D 0002', 'D  26-K0002']) {
      expect(ghost(line), line).toBe('needs: Which unit, to 26-K0002?');
      expect(ghost(first(line) ?? ''), line).toBe('Send E06 to 26-K0002, Chest pain, 9 Elm St');
    }
    expect(ghost('ER 0002')).toBe('needs: Which unit, of 26-K0002?');
    expect(first('ER 0002', 'incident:k1')).toBe('ER T01 0002');
    expect(ghost('D 0999')).toBe('refused: There is no unit 0999.');
    const offered = completeCommand('D  26-K0002', vocabularyOf(at.world, at.means.now));
    expect(offered[0]?.line).toBe(first('D  26-K0002'));
  });
});
