/** What Tab offers. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';
import { completeCommand } from './complete.ts';
import { vocabularyOf } from './vocabulary.ts';

let at: Console;
const { run } = typedAt(() => at);

beforeEach(() => {
  at = atTwoCalls();
});

describe('the command line', () => {
  it('completes verbs, units, numbers, hospitals and codes', () => {
    const words = vocabularyOf(at.world, at.means.now);
    const complete = (line: string): string[] => completeCommand(line, words).map((choice) => choice.line.trimEnd());
    expect(complete('D M')).toEqual(['D M14', 'D M36']);
    expect(complete('D M36,E')).toEqual(['D M36,E06']);
    expect(complete('D M36 2')).toEqual(['D M36 26-K0001', 'D M36 26-K0002']);
    expect(complete('M36 A')).toEqual(['M36 AV', 'M36 AK', 'M36 AP', 'M36 AH']);
    expect(complete('TR M36 ME')).toEqual(['TR M36 MERCY', 'TR M36 MERCYW']);
    expect(complete('C 0001 T')).toContain('C 0001 TRANS');
    expect(complete('L 0001 26-K0002')).toEqual(['L 0001 26-K0002']);
    expect(complete('MV')).toEqual(['MV']);
    expect(complete('E0')).toEqual(['E06']);
  });

  it('offers a unit that called for help behind those that are free, and says so', () => {
    const units = () => completeCommand('D ', vocabularyOf(at.world, at.means.now)).map(({ label }) => label);
    expect(units().slice(0, 2)).toEqual(['E06', 'M14']);
    run('EM E06');
    expect(units().slice(0, 4)).toEqual(['M14', 'M36', 'T01', 'E06, emergency']);
    run('EM E06 OVER');
    expect(units()[0]).toBe('E06');
  });

  it('offers the units first that a command is most likely about', () => {
    run('D M14 0001');
    const first = (line: string): string | undefined =>
      completeCommand(line, vocabularyOf(at.world, at.means.now))[0]?.line.trimEnd();
    expect(['D ', 'X ', 'NX ', 'AK ', 'OOS ', 'M'].map(first)).toEqual([
      'D E06',
      'X M14',
      'NX M14',
      'AK M14',
      'OOS E06',
      'MV',
    ]);
    run('D M36 0002');
    expect(first('D M')).toBe('D M14');
    expect(first('D ')).not.toMatch(/M36|M14/);
  });
});
