/** A unit that two consoles, cut off, sent to one call in two runs: it is there once, and leaves it as a whole. */
import { beforeEach, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { createConsole, meet } from '../testing/memory-world.ts';
import { act, commitmentsIn, conflictsIn } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';
import { unitRowOf } from '../views/unit-row.ts';

let at: Console;
const { run, ghost } = typedAt(() => at);
const X = 'k1';
beforeEach(() => {
  at = atTwoCalls();
  const b = createConsole('b', TEST_ROSTER, at.world.facts());
  act('unit.dispatch', { incident: X, units: ['m36'] }, at);
  for (const name of ['unit.dispatch', 'unit.cancel', 'unit.dispatch'] as const)
    act(name, name === 'unit.cancel' ? { unit: 'm36' } : { incident: X, units: ['m36'] }, b);
  meet(at, b);
  const [conflict] = unitRowOf('unit:m36', at.world)?.conflicts ?? [];
  const side = conflict?.sides.find(({ said }) => said === 'dispatched')?.fact;
  act('conflict.settle', { entity: conflict?.entity, register: conflict?.register, side }, at);
  expect(conflictsIn(at)).toEqual([]);
  expect(unitRowOf('unit:m36', at.world)?.incidents).toHaveLength(2);
});
const left = (): void => {
  expect(unitRowOf('unit:m36', at.world)).toMatchObject({ code: 'AV', incidents: [], conflicts: [] });
  expect(commitmentsIn(at, 'm36')).toEqual({ said: [], active: [] });
};

it('is not asked about as if those were two calls', () => {
  expect(ghost('ER M36')).toBe('M36 en route 26-K0001');
  expect(run('ER M36')).toBe('M36 en route 26-K0001');
  expect(unitRowOf('unit:m36', at.world)?.code).toBe('ER');
});

it('is off it by one cancel', () => {
  expect(ghost('X M36 not needed')).toBe('Cancel M36 from 26-K0001: not needed');
  expect(run('X M36 not needed')).toBe('M36 canceled 26-K0001');
  left();
});

it('is off it when it is available', () => {
  expect(run('AV M36 0001')).toBe('M36 available 26-K0001');
  left();
});
