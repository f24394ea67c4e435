/** Units that stand on calls which were erased meanwhile, or whose opening has not come: nothing says a number, and they are freed all the same. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type EntityRef, entityRef } from '../../kernel/ids.ts';
import { type Console, idsOf } from '../testing/memory-world.ts';
import { atTwoCalls, saidOf, typedAt } from '../testing/typed-lines.ts';
import { unitRowOf } from '../views/unit-row.ts';
import { parseCommand } from './parse.ts';
import { vocabularyOf, vocabularyOfRows } from './vocabulary.ts';

let at: Console;
const { ghost, run } = typedAt(() => at);
const onOf = (): readonly string[] => unitRowOf('unit:m36', at.world)?.incidents.map(({ id }) => id) ?? [];

/** The console as it is once these incidents were erased: of them it has what is said of units alone. */
function without(erased: readonly EntityRef[]): Console {
  const { world } = at;
  const gone = (ref: EntityRef): boolean => erased.includes(ref);
  return {
    ...at,
    world: {
      ...world,
      entity: (ref) => (gone(ref) ? undefined : world.entity(ref)),
      factsOf: (ref) => (gone(ref) ? [] : world.factsOf(ref)),
      holds: (ref) => !gone(ref) && world.holds(ref),
      incidents: () => [...world.incidents()].filter((ref) => !gone(ref)),
      numberOf: (ref) => (gone(ref) ? 'no number' : world.numberOf(ref)),
    },
  };
}

let first: string;
let second: string;
beforeEach(() => {
  at = atTwoCalls();
  [first = '', second = ''] = idsOf(at.world, 'incident');
  run('D M36 0001');
  run('OS M36');
});

describe('a unit of a call that was erased', () => {
  it('is freed, canceled and moved as ever', () => {
    at = without([entityRef('incident', first)]);
    expect(ghost('C M36')).toBe('Clear M36 from no number');
    expect(run('MV M36 0002')).toContain('M36');
    expect(onOf()).toEqual([second]);
    at = without([entityRef('incident', first), entityRef('incident', second)]);
    expect(run('X M36')).toBe('M36 canceled no number');
    expect(onOf()).toEqual([]);
    expect(run('AV M36')).toContain('M36');
  });

  it('is told from its other by a sign that can be typed, the older first', () => {
    run('D M36 0002', null, true);
    expect(onOf()).toEqual([second, first]);
    at = without([entityRef('incident', first), entityRef('incident', second)]);
    const asked = parseCommand('AV M36', vocabularyOf(at.world, at.means.now));
    expect(saidOf(asked)).toBe('M36 is on no number and no number. Which?');
    expect(asked.kind === 'needs' && asked.choices).toEqual([
      { line: 'AV M36 #1', label: '#1, no number, OS' },
      { line: 'AV M36 #2', label: '#2, no number, DP' },
    ]);
    const rows = { incidents: [], units: [unitRowOf('unit:m36', at.world)].flatMap((row) => row ?? []), roster: {} };
    expect(parseCommand('AV M36', vocabularyOfRows(rows, at.means.now))).toEqual(asked);
    expect(run('AV M36 #3')).toMatch(/^needs\.incident|^word\.unknown/);
    expect(run('AV M36 #1')).toBe('M36 available no number');
    expect(onOf()).toEqual([second]);
    expect(run('X M36 #1 erased')).toBe('M36 canceled no number');
    expect(onOf()).toEqual([]);
  });

  it('is told from one whose call has its number', () => {
    run('D M36 0002', null, true);
    at = without([entityRef('incident', first)]);
    const asked = parseCommand('C M36', vocabularyOf(at.world, at.means.now));
    expect(asked.kind === 'needs' && asked.choices.map(({ line }) => line)).toEqual(['C M36 26-K0002', 'C M36 #1']);
    expect(run('C M36 #1')).toContain('M36 available');
    expect(onOf()).toEqual([second]);
  });
});
