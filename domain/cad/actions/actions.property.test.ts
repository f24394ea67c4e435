import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settledState } from '../../kernel/fold.ts';
import { entityRef } from '../../kernel/ids.ts';
import { effectsOf, MODULES } from '../../modules.ts';
import { type Console, createConsole, idsOf, meet } from '../testing/memory-world.ts';
import { act, anyWhim, commitmentsIn, conflictsIn, follow, settleAll, TEST_UNITS } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { assignmentRow } from '../views/assignment-row.ts';
import { incidentRow } from '../views/incident-row.ts';
import { timelineRows } from '../views/timeline.ts';
import { unitRowOf } from '../views/unit-row.ts';

const bodies = new Map(MODULES.flatMap((module) => module.facts.map((fact) => [fact.type, fact.body] as const)));
const someWhims = fc.array(anyWhim, { minLength: 1, maxLength: 25 });
const twoCalls = (at: Console): void => {
  for (const text of ['A street', 'B street'])
    act('incident.open', { location: { text }, nature: { code: 'CHEST', text: 'Chest pain' } }, at);
};

function expectCommitmentsToBeRuns(at: Console): void {
  for (const unit of TEST_UNITS) {
    const { said, active } = commitmentsIn(at, unit);
    expect(said, unit).toEqual(active);
  }
}

function everyRow(at: Console): unknown[] {
  const { world } = at;
  const incidents = idsOf(world, 'incident').sort();
  return [
    ...incidents.flatMap((id) => {
      const ref = entityRef('incident', id);
      const folded = world.entity(ref);
      if (!folded) return [];
      return [
        incidentRow(folded, world.assignmentsOf(ref).map(world.entity), world),
        timelineRows(ref, world.factsOf(ref), world),
      ];
    }),
    ...TEST_UNITS.map((unit) => unitRowOf(entityRef('unit', unit), world)),
    ...idsOf(world, 'assignment')
      .sort()
      .map((id) => {
        const folded = world.entity(entityRef('assignment', id));
        return folded ? assignmentRow(folded, world) : null;
      }),
  ];
}

describe('actions', () => {
  it('on what one console holds never clash, keep commitments to runs, and make facts that fold', () => {
    fc.assert(
      fc.property(someWhims, (whims) => {
        const at = createConsole('a', TEST_ROSTER);
        twoCalls(at);
        for (const whim of whims) {
          follow(whim, at);
          expect(conflictsIn(at)).toEqual([]);
          expectCommitmentsToBeRuns(at);
        }
        for (const fact of at.world.facts()) {
          expect(effectsOf(fact), fact.type).not.toBeNull();
          expect(bodies.get(fact.type)?.parse(fact.content), fact.type).toEqual(fact.content);
        }
        expect(() => everyRow(at)).not.toThrow();
      }),
      { numRuns: 150 },
    );
  });

  it('of two cut-off consoles show the same on both once they meet, and settling leaves none', () => {
    fc.assert(
      fc.property(someWhims, someWhims, fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }), (left, right, choices) => {
        const a = createConsole('a', TEST_ROSTER);
        const b = createConsole('b', TEST_ROSTER);
        twoCalls(a);
        meet(a, b);
        for (const whim of left) follow(whim, a);
        for (const whim of right) follow(whim, b);
        meet(a, b);
        for (const kind of ['incident', 'unit', 'assignment'])
          for (const id of idsOf(a.world, kind)) {
            const [one, other] = [a, b].map((at) => at.world.entity(entityRef(kind, id)));
            expect(one && settledState(one)).toEqual(other && settledState(other));
          }
        expect(everyRow(a)).toEqual(everyRow(b));
        let n = 0;
        settleAll(a, () => choices[n++ % choices.length] ?? 0);
        expectCommitmentsToBeRuns(a);
        meet(a, b);
        expect(conflictsIn(b)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('of consoles that take turns never clash, however far apart they sit', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyWhim, fc.boolean()), { minLength: 1, maxLength: 25 }), (turns) => {
        const a = createConsole('a', TEST_ROSTER);
        const b = createConsole('b', TEST_ROSTER);
        twoCalls(a);
        for (const [whim, left] of turns) {
          meet(a, b);
          follow(whim, left ? a : b);
        }
        meet(a, b);
        expect(conflictsIn(a)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('blind actions of two consoles', () => {
  function cutOff(): { a: Console; b: Console; x: string; y: string } {
    const a = createConsole('a', TEST_ROSTER);
    const b = createConsole('b', TEST_ROSTER);
    twoCalls(a);
    meet(a, b);
    const [x = '', y = ''] = idsOf(a.world, 'incident');
    return { a, b, x, y };
  }
  const dispatch = (at: Console, incident: string): unknown => act('unit.dispatch', { incident, units: ['m36'] }, at);

  it('that send one unit to two incidents are one conflict, on the unit, settled by one action', () => {
    const { a, b, x, y } = cutOff();
    dispatch(a, x);
    dispatch(b, y);
    meet(a, b);
    expect(conflictsIn(a)).toEqual(['unit:m36 commitments']);
    const row = unitRowOf('unit:m36', a.world);
    expect(row?.code).toBe('!!');
    expect(row?.conflicts).toEqual([
      expect.objectContaining({ entity: 'unit:m36', register: 'commitments', title: 'M36 on two incidents' }),
    ]);
    expect(row?.conflicts[0]?.sides.map((side) => [side.said, side.by, side.position])).toEqual([
      ['on 26-A0001', 'person a', 'position a'],
      ['on 26-A0002', 'person b', 'position b'],
    ]);
    expect(row?.conflicts[0]?.sides.map(({ on }) => on)).toEqual([[x], [y]]);
    const side = row?.conflicts[0]?.sides[1]?.fact;
    expect(act('conflict.settle', { entity: 'unit:m36', register: 'commitments', side }, a)).toMatchObject({
      ok: true,
    });
    expect(conflictsIn(a)).toEqual([]);
    const settled = unitRowOf('unit:m36', a.world);
    expect(settled?.code).toBe('DP');
    expect(settled?.incidents.map((one) => one.id)).toEqual([y]);
  });

  it('that both edit one location are one conflict, on the incident', () => {
    const { a, b, x } = cutOff();
    act('incident.edit', { incident: x, set: { location: { text: 'C street' } } }, a);
    act('incident.edit', { incident: x, set: { location: { text: 'D street' } } }, b);
    meet(a, b);
    expect(conflictsIn(b)).toEqual([`incident:${x} location`]);
    const folded = b.world.entity(`incident:${x}`);
    const [conflict] = folded ? incidentRow(folded, [], b.world).conflicts : [];
    expect(conflict?.title).toBe('location');
    expect(conflict?.sides.map((side) => side.said)).toEqual(['C street', 'D street']);
  });

  it('that send one unit to the same incident are none', () => {
    const { a, b, x } = cutOff();
    dispatch(a, x);
    dispatch(b, x);
    meet(a, b);
    expect(conflictsIn(a)).toEqual([]);
    expect(unitRowOf('unit:m36', a.world)?.incidents).toHaveLength(1);
  });

  it('in which one deliberately sends it to a second incident as well are none', () => {
    const { a, b, x, y } = cutOff();
    dispatch(a, x);
    meet(a, b);
    expect(dispatch(b, y)).toMatchObject({ ok: false, refusal: { code: 'confirm.needed' } });
    act('unit.dispatch', { incident: y, units: ['m36'], confirm: true }, b);
    meet(a, b);
    expect(conflictsIn(a)).toEqual([]);
    expect(unitRowOf('unit:m36', a.world)?.incidents.map((one) => one.id)).toEqual([y, x]);
  });

  it('of which one has seen an emergency and one says that it is over are one conflict, in sight until it is settled', () => {
    const { a, b } = cutOff();
    const say = (at: Console, emergency: string): unknown => act('unit.emergency', { unit: 'm36', emergency }, at);
    say(a, 'declared');
    meet(a, b);
    say(a, 'seen');
    say(b, 'over');
    meet(a, b);
    expect(conflictsIn(a)).toEqual(['unit:m36 emergency']);
    const row = unitRowOf('unit:m36', a.world);
    expect(row?.emergency?.emergency).toBe('seen');
    const side = row?.conflicts[0]?.sides.find(({ said }) => said === 'over')?.fact;
    expect(act('conflict.settle', { entity: 'unit:m36', register: 'emergency', side }, a)).toMatchObject({ ok: true });
    meet(a, b);
    expect([conflictsIn(a), unitRowOf('unit:m36', b.world)?.emergency]).toEqual([[], null]);
  });

  it('leave a run that was begun anew standing when its first one is settled as over', () => {
    const { a, b, x } = cutOff();
    dispatch(a, x);
    dispatch(b, x);
    act('unit.cancel', { unit: 'm36' }, b);
    dispatch(b, x);
    meet(a, b);
    expect(conflictsIn(a)).toEqual([`assignment:${x}.m36.0 status`]);
    settleAll(a, () => 1);
    expectCommitmentsToBeRuns(a);
    expect(unitRowOf('unit:m36', a.world)?.incidents.map((one) => one.assignment)).toEqual([`${x}.m36.1`]);
  });

  it('list conflicts of several runs of a unit in one order, whatever came first', () => {
    const { a, b, x, y } = cutOff();
    for (const [at, code] of [
      [a, 'ER'],
      [b, 'OS'],
    ] as const)
      for (const incident of at === a ? [x, y] : [y, x]) act('unit.status', { unit: 'm36', code, incident }, at);
    meet(a, b);
    expect(unitRowOf('unit:m36', a.world)?.conflicts.map((one) => one.entity)).toEqual([
      `assignment:${x}.m36.0`,
      `assignment:${y}.m36.0`,
    ]);
    expect(unitRowOf('unit:m36', b.world)).toEqual(unitRowOf('unit:m36', a.world));
  });

  it('say alike how the last run ended where two ended at once: a call of which a unit was canceled waits again on both', () => {
    const { a, b, y } = cutOff();
    act('unit.dispatch', { units: ['m14'], incident: y }, a);
    dispatch(b, y);
    act('unit.cancel', { unit: 'm14' }, a);
    act('unit.status', { unit: 'm36', code: 'AV' }, b);
    meet(a, b);
    const left = (at: Console) => {
      const [ref, { world }] = [entityRef('incident', y), at];
      const folded = world.entity(ref);
      return folded && incidentRow(folded, world.assignmentsOf(ref).map(world.entity), world).left;
    };
    expect([left(a), left(b)]).toMatchObject([{ standard: 'canceled' }, { standard: 'canceled' }]);
  });

  it('replace exactly what the window says it showed', () => {
    const { a, x } = cutOff();
    const shown = a.world.entity(`incident:${x}`)?.registers.location?.map((claim) => claim.fact) ?? [];
    act('incident.edit', { incident: x, set: { location: { text: 'C street' } } }, a);
    act('incident.edit', { incident: x, set: { location: { text: 'D street' } }, shown }, a);
    expect(conflictsIn(a)).toEqual([`incident:${x} location`]);
  });
});
