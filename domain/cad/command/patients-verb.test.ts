/** `TR M36 MERCY 2` and `PT M36 2`: how many patients go with a unit, by the command line. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';
import { unitRowOf } from '../views/unit-row.ts';
import { completeCommand } from './complete.ts';
import { vocabularyOf } from './vocabulary.ts';

let at: Console;
const { choices, ghost, run } = typedAt(() => at);
const patients = (unit = 'm36') => unitRowOf(`unit:${unit}`, at.world)?.patients;
beforeEach(() => {
  at = atTwoCalls();
  run('D M36 0001');
});

describe('a transport', () => {
  it('has how many go behind the hospital', () => {
    expect(ghost('TR M36 MERCY 2')).toBe('M36 transporting to Mercy General with 2 patients 26-K0001');
    for (const line of ['M36 TR MERCY 2', 'TR M36 0001 MERCY 2', 'tr m36 mercy gen 2'])
      expect(ghost(line), line).toBe(ghost('TR M36 MERCY 2'));
    expect(run('TR M36 MERCY 2')).toBe('M36 transporting to Mercy General with 2 patients 26-K0001');
    expect(patients()).toBe(2);
    expect(ghost('TR M36 MERCY')).toBe('M36 transporting to Mercy General 26-K0001');
    run('D M14 0001');
    expect(ghost('TR M36,M14 GEN 2')).toBe('M36 and M14 transporting to General with 2 patients each 26-K0001');
    run('TR M36,M14 GEN 2');
    expect([patients(), patients('m14')]).toEqual([2, 2]);
  });

  it('asks for the hospital ahead of the number, and keeps it', () => {
    expect(ghost('TR M36 3')).toBe('needs: To which hospital?');
    expect(choices('TR M36 3')).toEqual(['TR M36 GEN 3', 'TR M36 MERCY 3', 'TR M36 MERCYW 3']);
    expect(choices('TR M36 MER 3')).toEqual(['TR M36 MERCY 3', 'TR M36 MERCYW 3']);
    expect(choices('TR M36 MERCYX 3')).toEqual(['TR M36 GEN 3', 'TR M36 MERCY 3', 'TR M36 MERCYW 3']);
  });

  it('refuses what is no number of them, and says the way out', () => {
    expect(ghost('TR M36 MERCY 0')).toMatch(/^refused: A transport has a patient\. With nobody aboard/);
    expect(ghost('TR M36 MERCY 21')).toBe('refused: At most 20 patients go with one unit.');
  });
});

describe('PT', () => {
  it('puts it right, unit or incident first, and asks for what is missing', () => {
    run('TR M36 MERCY');
    expect(ghost('PT M36 2')).toBe('M36 on 26-K0001: 2 patients');
    for (const line of ['M36 PT 2', 'PT M36 0001 2', '0001 PT M36 2', 'PT 0001 M36 2', 'patients M36 2'])
      expect(ghost(line), line).toBe('M36 on 26-K0001: 2 patients');
    expect(run('PT M36 2')).toBe('M36 on 26-K0001: 2 patients');
    expect(patients()).toBe(2);
    expect(ghost('PT M36')).toBe('needs: How many patients with M36 on 26-K0001?');
    expect(ghost('PT M36 two')).toBe('refused: “two” is no number of patients.');
    expect(ghost('PT M36 0')).toMatch(/^refused: A transport has a patient/);
    expect(ghost('PT M36 2 more')).toBe('refused: “more” is no number of patients.');
    expect(ghost('PT M36,E06 2')).toBe('refused: Patients are counted of one unit.');
  });

  it('takes a number alone for patients, whatever the call ends in', () => {
    act('unit.move', { unit: 'm36', to: 'k2' }, at);
    run('TR M36 MERCY');
    expect(ghost('PT M36 2')).toBe('M36 on 26-K0002: 2 patients');
    expect(ghost('PT M36 2 3')).toBe('M36 on 26-K0002: 3 patients');
  });

  it('is of an earlier journey where that is named', () => {
    for (const line of ['TR M36 MERCY', 'AH M36', 'OS M36', 'TR M36 GEN']) run(line);
    expect(ghost('PT M36 3')).toBe('M36 on 26-K0001, journey 2: 3 patients');
    expect(ghost('PT M36')).toBe('needs: How many patients with M36 on 26-K0001, journey 2?');
    expect(unitRowOf('unit:m36', at.world)?.incidents).toMatchObject([{ journey: 2 }]);
    expect(run('PT M36 2 J1')).toBe('M36 on 26-K0001, journey 1: 2 patients');
    expect(run('PT M36 3')).toBe('M36 on 26-K0001, journey 2: 3 patients');
    expect(ghost('PT M36 3 J0')).toBe('refused: The first journey is J1.');
  });

  it('leaves the times of a journey to T, which names it the same way', () => {
    for (const line of ['TR M36 MERCY', 'AH M36', 'OS M36', 'TR M36 GEN']) run(line);
    expect(ghost('T M36 J2 AH 0001 said by radio')).toMatch(
      /^Amend at destination of M36 on 26-K0001, journey 2 to .*00:01:00: said by radio$/,
    );
    expect(ghost('T M36 0001 J2 AH - wrong key')).toBe(
      'Strike at destination of M36 on 26-K0001, journey 2: wrong key',
    );
    expect(ghost('T M36 J2 AH 0001')).toMatch(/^needs: Why is at destination of M36 on 26-K0001, journey 2 amended to/);
    expect(run('T M36 J2 AH 0001 said by radio')).toMatch(/^M36 on 26-K0001 at destination on journey 2 amended to/);
    expect(run('T M36 J2 OS 0001 said by radio')).toMatch(/^time\.of_run: A run is on scene once/);
    expect(ghost('T M36 J0 AH 0001 x')).toBe('refused: The first journey is J1.');
  });

  it('is of a run that is over where its call is named or selected', () => {
    for (const line of ['TR M36 MERCY', 'AH M36', 'AV M36']) run(line);
    expect(ghost('PT M36 2')).toBe('needs: M36 is on nothing now. Of which call?');
    expect(ghost('PT M36 2', 'incident:k1')).toBe('M36 on 26-K0001: 2 patients');
    expect(run('PT M36 0001 2')).toBe('M36 on 26-K0001: 2 patients');
    expect(run('PT M36 0002 2')).toMatch(/^unit\.never_on: M36 has not been on 26-K0002/);
  });

  it('asks which call of a unit on two', () => {
    run('D M36 0002', null, true);
    expect(ghost('PT M36 2')).toBe('needs: M36 is on 26-K0002 and 26-K0001. Which?');
    expect(choices('PT M36 2')).toEqual(['PT M36 26-K0002 2', 'PT M36 26-K0001 2']);
  });

  it('is completed with numbers', () => {
    run('TR M36 MERCY');
    expect(completeCommand('PT M36 0001 ', vocabularyOf(at.world, at.means.now)).map(({ line }) => line)).toEqual(
      [1, 2, 3, 4].map((count) => `PT M36 0001 ${count} `),
    );
  });
});
