/** A unit that was sent to a call and to its duplicate, when the two are merged: it was one unit on one way. */
import { beforeEach, describe, expect, it } from 'vitest';
import { entityRef } from '../../kernel/ids.ts';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act, commitmentsIn, conflictsIn } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';
import { assignmentRow } from '../views/assignment-row.ts';
import { unitRowOf } from '../views/unit-row.ts';

const X = 'k1';
const Y = 'k2';
let at: Console;
const run = (incident: string) => {
  const folded = at.world.entity(entityRef('assignment', `${incident}.m36.0`));
  return folded && assignmentRow(folded, at.world);
};
const press = (incident: string, code: string, time: number, more: object = {}): void =>
  void act('unit.status', { unit: 'm36', incident, code, at: time, ...more }, at);
const merge = (from: string, into: string) =>
  expect(act('incident.merge', { incident: from, into, merged: true }, at)).toMatchObject({ ok: true });

beforeEach(() => {
  at = atTwoCalls();
  act('unit.dispatch', { incident: X, units: ['m36'], at: 1_000 }, at);
  act('unit.dispatch', { incident: Y, units: ['m36'], at: 2_000, confirm: true }, at);
});

describe('the run that stays', () => {
  it('is where the unit last said it was, with the hospital and the times of either', () => {
    press(X, 'OS', 3_000);
    press(X, 'TR', 4_000, { destination: { name: 'Mercy' } });
    merge(X, Y);
    expect(unitRowOf('unit:m36', at.world)).toMatchObject({
      code: 'TR',
      destination: { name: 'Mercy' },
      conflicts: [],
    });
    expect(run(Y)).toMatchObject({
      code: 'TR',
      times: { unitNotified: { at: 1_000 }, onScene: { at: 3_000 }, leftScene: { at: 4_000 } },
    });
    expect(commitmentsIn(at, 'm36')).toEqual({ said: [Y], active: [Y] });
  });

  it('has as many patients as were said to be aboard on either, its own where both say it', () => {
    const count = (incident: string, patients: number) =>
      act('unit.patients', { of: `assignment:${incident}.m36.0`, patients }, at);
    press(X, 'TR', 4_000, { destination: { name: 'Mercy' }, patients: 2 });
    merge(X, Y);
    expect([run(Y)?.patients, unitRowOf('unit:m36', at.world)?.patients]).toEqual([2, 2]);
    act('incident.open', { location: { text: 'C' }, nature: { code: 'CHEST', text: 'Chest pain' } }, at);
    act('unit.dispatch', { incident: 'k3', units: ['m36'], at: 5_000, confirm: true }, at);
    press('k3', 'TR', 6_000, { destination: { name: 'Mercy' } });
    count('k3', 3);
    merge(Y, 'k3');
    expect([run('k3')?.patients, conflictsIn(at)]).toEqual([3, []]);
  });

  it('keeps its own status where that is the later one, and its own amended times', () => {
    press(X, 'ER', 3_000);
    press(X, 'OS', 3_500);
    press(Y, 'AP', 4_000);
    for (const [of, time] of [
      [X, 3_100],
      [Y, 3_200],
    ] as const)
      act('time.amend', { of: `${of}.m36.0`, element: 'onScene', time, reason: `radio ${time}` }, at);
    merge(X, Y);
    expect(run(Y)).toMatchObject({
      code: 'AP',
      times: { enRoute: { at: 3_000 }, onScene: { at: 3_200, reason: 'radio 3200' }, atPatient: { at: 4_000 } },
    });
    expect(conflictsIn(at)).toEqual([]);
  });
});

it('is so too where two consoles, cut off, had sent it to the two calls: merging them settles it', () => {
  at = atTwoCalls();
  const b = createConsole('b', TEST_ROSTER, at.world.facts());
  act('unit.dispatch', { incident: X, units: ['m36'], at: 1_000 }, at);
  act('unit.dispatch', { incident: Y, units: ['m36'], at: 2_000 }, b);
  press(X, 'OS', 3_000);
  meet(at, b);
  expect(conflictsIn(at)).toEqual(['unit:m36 commitments']);
  merge(X, Y);
  meet(at, b);
  for (const console of [at, b]) {
    expect(conflictsIn(console)).toEqual([]);
    expect(unitRowOf('unit:m36', console.world)).toMatchObject({ code: 'OS', incidents: [{ id: Y }] });
  }
});
