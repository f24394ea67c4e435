/** How many patients a unit has with it: said with the transport, put right afterwards, and where it is shown. */
import { beforeEach, describe, expect, it } from 'vitest';
import { FACT_TYPES } from '../../modules.ts';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act, conflictsIn, settleAll } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';
import { assignmentRow } from '../views/assignment-row.ts';
import { timelineRows } from '../views/timeline.ts';
import { unitRowOf } from '../views/unit-row.ts';

const X = 'k1';
const RUN = `assignment:${X}.m36.0` as const;
let at: Console;
beforeEach(() => {
  at = atTwoCalls();
  act('unit.dispatch', { incident: X, units: ['m36'] }, at);
});

const did = (
  name: 'unit.status' | 'unit.patients' | 'incident.merge' | 'time.amend',
  input: object,
  on = at,
): string => {
  const decided = act(name, input, on);
  return decided.ok ? decided.value.said : `${decided.refusal.code}: ${decided.refusal.message}`;
};
const transport = (patients?: number, name = 'Mercy', on = at): string =>
  did(
    'unit.status',
    { unit: 'm36', code: 'TR', destination: { name }, ...(patients === undefined ? {} : { patients }) },
    on,
  );
const press = (code: string): string => did('unit.status', { unit: 'm36', code });
const shown = (on = at) => {
  const folded = on.world.entity(RUN);
  return [unitRowOf('unit:m36', on.world)?.patients, folded && assignmentRow(folded, on.world)?.patients];
};
const written = (): unknown[] =>
  at.world.factsOf(RUN).flatMap(({ type, content }) => (type === 'unit.patients' ? [content] : []));

describe('how many patients go with a unit', () => {
  it('is said with the transport, or not at all', () => {
    expect(transport()).toBe('M36 transporting to Mercy 26-K0001');
    expect([written(), shown()]).toEqual([[], [null, null]]);
    expect(transport(2)).toBe('M36 transporting to Mercy with 2 patients 26-K0001');
    expect([written(), shown()]).toEqual([[{ patients: 2, journey: 1 }], [2, 2]]);
    expect(transport(2)).toBe('M36 transporting already to Mercy with 2 patients 26-K0001');
    expect(written()).toHaveLength(1);
    expect(transport(1)).toBe('M36 transporting to Mercy with one patient 26-K0001');
    expect(shown()).toEqual([1, 1]);
    expect(conflictsIn(at)).toEqual([]);
  });

  it('is said of one that is reported transporting without having been sent', () => {
    const on = { unit: 'm14', incident: 'k2', code: 'TR', destination: { name: 'Mercy' }, patients: 3 };
    expect(did('unit.status', on)).toBe('M14 transporting to Mercy with 3 patients 26-K0002');
    expect(unitRowOf('unit:m14', at.world)).toMatchObject({ code: 'TR', patients: 3 });
  });

  it('is put right afterwards, also once the run is over', () => {
    transport();
    expect(did('unit.patients', { of: RUN, patients: 2 })).toBe('M36 on 26-K0001: 2 patients');
    expect(shown()).toEqual([2, 2]);
    press('AH');
    expect(shown()).toEqual([2, 2]);
    press('TC');
    expect(shown()).toEqual([null, 2]);
    press('AV');
    expect(did('unit.patients', { of: RUN, patients: 3 })).toBe('M36 on 26-K0001: 3 patients');
    expect(did('unit.patients', { of: RUN, patients: 3 })).toBe('M36 on 26-K0001: 3 patients already');
    expect(shown()).toEqual([null, 3]);
    expect(timelineRows(`incident:${X}`, at.world.factsOf(`incident:${X}`), at.world).slice(-1)).toMatchObject([
      { said: 'M36 with 3 patients', detail: 'was 2 patients', kind: 'unit' },
    ]);
  });

  it('is of the journey that it was said on', () => {
    transport(2);
    press('AH');
    press('OS');
    expect(shown()).toEqual([null, 2]);
    expect(transport(undefined, 'General')).toBe('M36 transporting to General 26-K0001');
    expect(shown()).toEqual([null, 3]);
    expect(did('unit.patients', { of: RUN, patients: 2 })).toBe('M36 on 26-K0001, journey 2: 2 patients');
    expect(shown()).toEqual([2, 4]);
    expect(did('unit.patients', { of: RUN, patients: 1, journey: 1 })).toBe('M36 on 26-K0001, journey 1: one patient');
    expect(shown()).toEqual([2, 3]);
    expect(conflictsIn(at)).toEqual([]);
    expect(did('unit.patients', { of: RUN, patients: 1, journey: 3 })).toBe(
      'journey.unknown: M36 on 26-K0001 has left with patients 2 times so far. Leave the journey out for the last.',
    );
  });

  it('is of a transport alone', () => {
    expect(did('unit.patients', { of: RUN, patients: 2 })).toBe(
      'unit.no_transport: M36 on 26-K0001 has taken nobody yet. Say how many with the hospital, for example TR M36 MERCY 2.',
    );
    expect(did('unit.status', { unit: 'm36', code: 'OS', patients: 2 })).toBe(
      'patients.no_transport: Patients are counted where a transport begins, and on scene is none. Leave the number out.',
    );
    expect(did('unit.patients', { of: `incident:${X}`, patients: 2 })).toBe(
      'unit.needed: Say which unit of 26-K0001 it was.',
    );
    transport(2);
    did('time.amend', { of: RUN, element: 'leftScene', time: null, reason: 'wrong key' });
    expect(shown()[1]).toBeNull();
  });

  it('goes with the run to the call that its own was a duplicate of, where that does not say it itself', () => {
    transport(2);
    did('incident.merge', { incident: X, into: 'k2', merged: true });
    expect(unitRowOf('unit:m36', at.world)).toMatchObject({ code: 'TR', patients: 2, incidents: [{ id: 'k2' }] });
  });

  it('is warned of where the unit is taken off with them aboard', () => {
    transport(2);
    const decided = act('unit.cancel', { unit: 'm36' }, at);
    expect(decided.ok && decided.value.warned?.rules.map(({ reason }) => reason)).toEqual([
      'M36 is transporting 26-K0001 to Mercy: 2 patients are aboard.',
    ]);
  });
});

describe('two who say it blindly', () => {
  it('are one conflict with both sides, settled by one action; who say the same agree', () => {
    transport();
    const b = createConsole('b', TEST_ROSTER, at.world.facts());
    act('unit.patients', { of: RUN, patients: 2 }, at);
    act('unit.patients', { of: RUN, patients: 3 }, b);
    meet(at, b);
    expect([conflictsIn(at), conflictsIn(b)]).toEqual([[`${RUN} patients:1`], [`${RUN} patients:1`]]);
    const folded = at.world.entity(RUN);
    const [conflict] = (folded && assignmentRow(folded, at.world)?.conflicts) ?? [];
    expect(conflict?.title).toBe('M36 on 26-K0001: patients');
    const sides = conflict?.sides.map(({ said }) => said) ?? [];
    expect(sides.toSorted()).toEqual(['2 patients', '3 patients']);
    expect(shown()).toEqual(shown(b));
    expect(settleAll(at, () => sides.indexOf('3 patients'))).toBe(1);
    meet(at, b);
    expect([conflictsIn(b), shown(b)]).toEqual([[], [3, 3]]);
    act('unit.patients', { of: RUN, patients: 2 }, at);
    act('unit.patients', { of: RUN, patients: 2 }, b);
    meet(at, b);
    expect([conflictsIn(at), shown()]).toEqual([[], [2, 2]]);
  });
});

it('is never held back: an older build shows the transport all the same', () => {
  expect(FACT_TYPES.get('unit.patients@1')?.newer).toMatchObject({ partlyShownIsEnough: expect.any(String) });
});
