/** Ends and times of runs that ended twice, that another console ended otherwise, or that go on at another incident. */
import { beforeEach, describe, expect, it } from 'vitest';
import { entityRef } from '../../kernel/ids.ts';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act, conflictsIn } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';
import { assignmentRow } from '../views/assignment-row.ts';
import { unitRowOf } from '../views/unit-row.ts';

const X = 'k1';
const Y = 'k2';
let a: Console;
let b: Console;
beforeEach(() => {
  a = atTwoCalls();
  act('unit.dispatch', { incident: X, units: ['m36'], at: 1_000 }, a);
  b = createConsole('b', TEST_ROSTER, a.world.facts());
});

const run = (incident: string) => {
  const folded = a.world.entity(entityRef('assignment', `${incident}.m36.0`));
  return folded && assignmentRow(folded, a.world);
};
/** Keeps the side that says so. */
const settle = (said: string): void => {
  meet(a, b);
  const row = unitRowOf('unit:m36', a.world);
  const one = row?.conflicts.find(({ sides }) => sides.some((side) => side.said === said));
  const side = one?.sides.find((each) => each.said === said)?.fact;
  const decided = act('conflict.settle', { entity: one?.entity, register: one?.register, side }, a);
  expect(decided).toMatchObject({ ok: true });
};

describe('a run that one console canceled and another worked, blindly', () => {
  it('and that went on has no time at which it was canceled once it ends', () => {
    act('unit.cancel', { unit: 'm36', at: 2_000 }, a);
    act('unit.status', { unit: 'm36', code: 'OS', at: 3_000 }, b);
    settle('on scene');
    act('unit.status', { unit: 'm36', code: 'AV', at: 8_000 }, a);
    expect(run(X)).toMatchObject({ active: false, standard: 'available', times: { backInService: { at: 8_000 } } });
    expect(run(X)?.times.canceled).toBeUndefined();
  });

  it('and that was canceled for good later was canceled then', () => {
    act('unit.cancel', { unit: 'm36', at: 2_000 }, a);
    act('unit.status', { unit: 'm36', code: 'OS', at: 3_000 }, b);
    settle('on scene');
    act('unit.cancel', { unit: 'm36', at: 8_000 }, a);
    expect(run(X)?.times).toMatchObject({ canceled: { at: 8_000 }, backInService: { at: 8_000 } });
  });

  it('and that was cleared by the other was not canceled, if that is kept', () => {
    act('unit.cancel', { unit: 'm36', at: 2_000 }, a);
    act('unit.status', { unit: 'm36', code: 'AV', at: 5_000 }, b);
    settle('available');
    expect(conflictsIn(a)).toEqual([]);
    expect(run(X)).toMatchObject({ standard: 'available', times: { backInService: { at: 5_000 } } });
    expect(run(X)?.times.canceled).toBeUndefined();
  });

  it('and that was canceled, if that is kept, has the times of that and none amended', () => {
    act('unit.cancel', { unit: 'm36', at: 2_000 }, a);
    act('unit.status', { unit: 'm36', code: 'OS', at: 3_000 }, b);
    settle('canceled');
    expect(run(X)?.times).toMatchObject({
      canceled: { at: 2_000, amended: false },
      backInService: { at: 2_000, amended: false },
    });
  });
});

describe('times of a run that is carried over from a duplicate', () => {
  it('stand as they were amended, with what they were and why; one that was struck stays struck', () => {
    const of = `${X}.m36.0`;
    act('unit.status', { unit: 'm36', code: 'ER', at: 2_000 }, a);
    act('unit.status', { unit: 'm36', code: 'OS', at: 5_000 }, a);
    act('time.amend', { of, element: 'onScene', time: 6_000, reason: 'said by radio' }, a);
    act('time.amend', { of, element: 'enRoute', time: null, reason: 'pressed by mistake' }, a);
    const before = run(X)?.times;
    expect(act('incident.merge', { incident: X, into: Y, merged: true }, a)).toMatchObject({ ok: true });
    expect(run(Y)?.times).toEqual(before);
    expect(run(Y)?.times.onScene).toEqual({ at: 6_000, amended: true, was: 5_000, reason: 'said by radio' });
    expect(conflictsIn(a)).toEqual([]);
  });
});
