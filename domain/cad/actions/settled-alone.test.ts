/** One word settles one conflict: what stands beside it, and hangs on it or not, is left to be settled by itself. */
import { beforeEach, describe, expect, it } from 'vitest';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act, conflictsIn } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { conflictsOf } from '../views/conflicts.ts';
import { incidentRow } from '../views/incident-row.ts';
import { unitRowOf } from '../views/unit-row.ts';

const [X, Y, Z] = ['k1', 'k2', 'k3'] as const;
let a: Console;
let b: Console;
beforeEach(() => {
  a = createConsole('k', TEST_ROSTER);
  for (const text of ['A street', 'B street', 'C street'])
    act('incident.open', { location: { text }, nature: { code: 'CHEST', text: 'Chest pain' } }, a);
  act('unit.dispatch', { incident: X, units: ['m36'] }, a);
  act('unit.status', { unit: 'm36', code: 'OS' }, a);
  b = createConsole('b', TEST_ROSTER, a.world.facts());
});

function settle(entity: `${string}:${string}`, register: string, said: string): void {
  const conflict = conflictsOf(a.world.entity(entity), a.world).find((one) => one.register === register);
  const side = conflict?.sides.find((one) => one.said === said)?.fact;
  expect(act('conflict.settle', { entity, register, side }, a)).toMatchObject({ ok: true });
}
const call = () => {
  const folded = a.world.entity(`incident:${X}`);
  if (!folded) throw new Error('no incident');
  return incidentRow(folded, [], a.world);
};

describe('a call that one console closed, and another closed otherwise and reopened', () => {
  beforeEach(() => {
    act('incident.close', { incident: X, disposition: 'No patient found', units: 'clear' }, b);
    act('incident.reopen', { incident: X }, b);
    meet(a, b);
    const later = createConsole(
      'c',
      TEST_ROSTER,
      a.world.facts().filter(({ station }) => station === 'k'),
    );
    act('incident.note', { incident: X, text: 'a note' }, later);
    act('incident.close', { incident: X, disposition: 'Transported', units: 'leave' }, later);
    a.world.add(later.world.facts());
  });

  it('is first settled as open or closed: no word on its disposition closes it', () => {
    expect(conflictsIn(a).filter((one) => one.startsWith('incident:'))).toEqual([`incident:${X} life`]);
    settle(`incident:${X}`, 'life', 'open');
    expect(call()).toMatchObject({ disposition: null, conflicts: [] });
    expect(['pending', 'active']).toContain(call().state);
  });

  it('is closed with what whoever closed it said, not with what was taken back', () => {
    settle(`incident:${X}`, 'life', 'closed');
    expect(call()).toMatchObject({ state: 'closed', disposition: 'Transported', conflicts: [] });
  });
});

describe('a unit that two consoles sent to two hospitals', () => {
  it('and of which one saw it arrive, keeps its arrival when the hospital is settled', () => {
    act('unit.status', { unit: 'm36', code: 'TR', destination: { name: 'Mercy' } }, a);
    act('unit.status', { unit: 'm36', code: 'TR', destination: { name: 'General' } }, b);
    act('unit.status', { unit: 'm36', code: 'AH' }, b);
    meet(a, b);
    const run = `assignment:${X}.m36.0` as const;
    expect(conflictsIn(a)).toEqual([`${run} status`]);
    settle(run, 'status', 'at destination');
    expect(conflictsIn(a)).toEqual([`${run} destination`]);
    settle(run, 'destination', 'General');
    expect(conflictsIn(a)).toEqual([]);
    expect(unitRowOf('unit:m36', a.world)).toMatchObject({ code: 'AH', destination: { name: 'General' } });
  });
});

describe('a unit on two further calls, blindly', () => {
  it('stays in conflict while its status on the first is settled', () => {
    act('unit.status', { unit: 'm36', code: 'AP' }, a);
    act('unit.dispatch', { incident: Y, units: ['m36'], confirm: true }, a);
    act('unit.status', { unit: 'm36', code: 'TR', destination: { name: 'Mercy' }, incident: X }, b);
    act('unit.dispatch', { incident: Z, units: ['m36'], confirm: true }, b);
    meet(a, b);
    const run = `assignment:${X}.m36.0` as const;
    expect(conflictsIn(a)).toEqual(['unit:m36 commitments', `${run} status`]);
    settle(run, 'status', 'transporting');
    expect(conflictsIn(a)).toEqual(['unit:m36 commitments']);
    expect(unitRowOf('unit:m36', a.world)?.code).toBe('!!');
  });
});

describe('a unit that two consoles set to different statuses', () => {
  it('shows neither for both on its call, and no next status follows until one is settled or said', () => {
    act('unit.status', { unit: 'm36', code: 'TR', destination: { name: 'Mercy' } }, b);
    act('unit.status', { unit: 'm36', code: 'AP' }, a);
    meet(a, b);
    const chip = () => {
      const folded = a.world.entity(`incident:${X}`);
      const run = a.world.entity(`assignment:${X}.m36.0`);
      return folded && incidentRow(folded, [run], a.world).units[0];
    };
    expect(chip()?.code).toBe('!!');
    expect(unitRowOf('unit:m36', a.world)?.next).toBeNull();
    expect(act('unit.next', { unit: 'm36' }, a)).toMatchObject({ ok: false, refusal: { code: 'status.unsettled' } });
    expect(act('unit.status', { unit: 'm36', code: 'AP' }, a)).toMatchObject({ ok: true });
    expect(chip()?.code).toBe('AP');
    expect(act('unit.next', { unit: 'm36' }, a)).toMatchObject({ ok: true });
  });
});
