import { beforeEach, describe, expect, it } from 'vitest';
import type { Fact } from '../../kernel/fact.ts';
import { assignmentRef, type EntityRef, entityRef, idOf } from '../../kernel/ids.ts';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act, conflictsIn } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { assignmentRow } from '../views/assignment-row.ts';
import { incidentRow } from '../views/incident-row.ts';
import { timelineRows } from '../views/timeline.ts';
import { unitRowOf } from '../views/unit-row.ts';
import type { ActionName } from './inputs.ts';

let at: Console;
const X = 'k1';
const Y = 'k2';

beforeEach(() => {
  at = createConsole('k', TEST_ROSTER);
  open('A street');
  open('B street');
});

function open(text: string): void {
  act('incident.open', { location: { text }, nature: { code: 'CHEST', text: 'Chest pain' } }, at);
}
/** Does it and returns what the console says, or the refusal's code and field. */
function did(name: ActionName, input: object): string {
  const decided = act(name, input, at);
  return decided.ok ? decided.value.said : [decided.refusal.code, decided.refusal.field].filter(Boolean).join(' ');
}
function decided(name: ActionName, input: object): string[] {
  const outcome = act(name, input, at);
  return outcome.ok ? outcome.value.drafts.map((draft) => draft.type) : [outcome.refusal.code];
}
const incident = (id: string, on = at) => {
  const folded = on.world.entity(entityRef('incident', id));
  if (!folded) throw new Error('no incident');
  return incidentRow(folded, on.world.assignmentsOf(folded.ref).map(on.world.entity), on.world);
};
const unit = (id: string, on = at) => unitRowOf(entityRef('unit', id), on.world);
const runs = (id: string) =>
  at.world.assignmentsOf(entityRef('incident', id)).map((ref) => {
    const folded = at.world.entity(ref);
    return folded ? assignmentRow(folded, at.world) : null;
  });

describe('opening and changing an incident', () => {
  it('gives it a number at once and the priority of its nature', () => {
    expect(incident(X)).toMatchObject({ number: '26-K0001', priority: '1', needs: 'ALS', state: 'pending' });
    expect(incident(X).readyAt).toBe(incident(X).answeredAt);
    expect(did('incident.open', {})).toBe('26-K0003 opened');
    expect(incident('k3')).toMatchObject({ location: null, nature: null, readyAt: null });
  });

  it('is dispatchable from when place and nature first stood, not from their later correction', () => {
    act('incident.open', { location: { text: 'C street' }, at: 1_000, answeredAt: 500 }, at);
    act('incident.edit', { incident: 'k3', set: { nature: { code: 'FALL', text: 'Fall' } }, at: 3_000 }, at);
    act('incident.edit', { incident: 'k3', set: { location: { text: 'D street' } }, at: 9_000 }, at);
    expect(incident('k3')).toMatchObject({ answeredAt: 500, readyAt: 3_000, priority: '3' });
  });

  it('waits from its reopening once it was closed, however long ago it could first be sent', () => {
    act('incident.open', { location: { text: 'C street' }, at: 1_000, answeredAt: 500 }, at);
    expect(incident('k3').reopenedAt).toBe(null);
    act('incident.close', { incident: 'k3', disposition: 'Handled', at: 4_000 }, at);
    expect(incident('k3').reopenedAt).toBe(null);
    act('incident.reopen', { incident: 'k3', at: 9_000 }, at);
    expect(incident('k3')).toMatchObject({ answeredAt: 500, reopenedAt: 9_000 });
  });

  it('says when its last unit left it, and how, while none is on it', () => {
    expect(incident(X).left).toBe(null);
    act('unit.dispatch', { incident: X, units: ['m36', 'e06'], at: 2_000 }, at);
    act('unit.cancel', { unit: 'e06', at: 9_000 }, at);
    expect(incident(X).left).toBe(null);
    act('unit.move', { unit: 'm36', to: Y, at: 5_000 }, at);
    expect(incident(X).left).toEqual({ at: 9_000, standard: 'canceled', reached: false });
    act('unit.status', { unit: 'm36', code: 'AV', at: 12_000 }, at);
    expect(incident(Y).left).toEqual({ at: 12_000, standard: 'available', reached: false });
    act('unit.dispatch', { incident: Y, units: ['m36'], at: 13_000 }, at);
    act('unit.status', { unit: 'm36', code: 'AP', at: 14_000 }, at);
    act('unit.status', { unit: 'm36', code: 'OOS', reason: 'fuel', at: 15_000 }, at);
    expect(incident(Y).left).toEqual({ at: 15_000, standard: 'outOfService', reached: true });
    act('incident.close', { incident: Y, disposition: 'Handled', at: 16_000 }, at);
    act('incident.reopen', { incident: Y, at: 17_000 }, at);
    expect(incident(Y).left).toMatchObject({ reached: false });
  });

  it('does not say that a unit came to the scene by a time of one that was never sent, as another site may have written', () => {
    act('unit.dispatch', { incident: X, units: ['m36'], at: 2_000 }, at);
    act('unit.cancel', { unit: 'm36', at: 9_000 }, at);
    const run = assignmentRef(entityRef('incident', X), entityRef('unit', 'f2'), 0);
    const body = { element: 'onScene', at: 8_000 };
    at.append([{ type: 'time.recorded', v: 1, at: 8_000, about: [run], replaces: [], body }]);
    expect(at.world.assignmentsOf(entityRef('incident', X))).toContain(run);
    expect(incident(X).left).toEqual({ at: 9_000, standard: 'canceled', reached: false });
  });

  it('makes no fact of what stands already', () => {
    expect(decided('incident.edit', { incident: X, set: { location: { text: 'A street' } } })).toEqual([]);
    expect(decided('incident.edit', { incident: X, set: { location: { text: 'A street' }, caller: 'Ann' } })).toEqual([
      'incident.edited',
    ]);
    expect(at.world.facts().at(-1)?.content).toEqual({ caller: 'Ann' });
  });

  it('says what a value was before', () => {
    act('incident.edit', { incident: X, set: { location: { text: 'C street' } } }, at);
    const rows = timelineRows(entityRef('incident', X), at.world.factsOf(entityRef('incident', X)), at.world);
    expect(rows.map((row) => [row.said, row.detail])).toEqual([
      ['Opened', 'location: A street · nature: Chest pain · priority: 1'],
      ['Location: C street', 'was A street'],
    ]);
  });
});

describe('sending units', () => {
  it('is refused where there is nothing to send to, with the way out', () => {
    act('incident.close', { incident: X, disposition: 'Done' }, at);
    expect(did('unit.dispatch', { incident: X, units: ['m36'] })).toBe('incident.closed incident');
    expect(did('unit.dispatch', { incident: 'other-org', units: ['m36'] })).toBe('incident.unknown incident');
    expect(did('unit.dispatch', { incident: Y, units: ['nobody'] })).toBe('unit.unknown units');
    act('incident.merge', { incident: Y, into: X, merged: true }, at);
    act('incident.reopen', { incident: X }, at);
    act('incident.merge', { incident: Y, into: X, merged: true }, at);
    expect(did('unit.dispatch', { incident: Y, units: ['m36'] })).toBe('incident.merged incident');
  });

  it('says of a unit that is on as many incidents as it can be what to do, sent there or by its status', () => {
    for (let n = 3; n <= 18; n++) open(`${n} Elm St`);
    for (let n = 1; n <= 16; n++) did('unit.dispatch', { incident: `k${n}`, units: ['m36'], confirm: true });
    expect(did('unit.dispatch', { incident: 'k17', units: ['m36'], confirm: true })).toBe('unit.full units');
    expect(did('unit.status', { unit: 'm36', code: 'OS', incident: 'k17' })).toBe('unit.full unit');
    expect(did('unit.emergency', { unit: 'm36', emergency: 'declared' })).toBe('M36 EMERGENCY');
    expect(at.world.factsOf('incident:k16').at(-1)?.about).toHaveLength(16);
    expect(did('unit.status', { unit: 'm36', code: 'OS', incident: 'k16' })).toContain('on scene');
  });

  it('asks before it takes a unit that is busy, away, or a call that is not ready', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    act('unit.status', { unit: 'm14', code: 'OOS', reason: 'fuel' }, at);
    const outcome = act('unit.dispatch', { incident: Y, units: ['m36', 'm14', 'e06'] }, at);
    expect(outcome).toMatchObject({
      ok: false,
      refusal: { code: 'confirm.needed', message: 'M36 is dispatched 26-K0001. M14 is out of service (fuel).' },
      decision: { verdict: 'REQUIRE_CONFIRMATION', next: ['confirm', 'choose another unit'] },
    });
    act('incident.open', {}, at);
    expect(did('unit.dispatch', { incident: 'k3', units: ['e06'] })).toBe('confirm.needed');
    expect(did('unit.dispatch', { incident: 'k3', units: ['e06'], confirm: true })).toBe('E06 dispatched 26-K0003');
  });

  it('names the run again after it was canceled, as another one', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    expect(did('unit.dispatch', { incident: X, units: ['m36'] })).toBe('unit.already units');
    act('unit.cancel', { unit: 'm36', reason: 'nearer unit' }, at);
    expect(unit('m36')).toMatchObject({ code: 'AV', reason: '' });
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    expect(runs(X).map((run) => [run?.id, run?.active])).toEqual([
      [`${X}.m36.0`, false],
      [`${X}.m36.1`, true],
    ]);
  });

  it('with what the window showed is blind to what it did not show', () => {
    const b = createConsole('b', TEST_ROSTER, at.world.facts());
    act('unit.dispatch', { incident: X, units: ['m36'], shown: [] }, at);
    act('unit.dispatch', { incident: Y, units: ['m36'], shown: [], confirm: true }, b);
    meet(at, b);
    expect(conflictsIn(at)).toEqual(['unit:m36 commitments']);
  });
});

describe('statuses', () => {
  beforeEach(() => void act('unit.dispatch', { incident: X, units: ['m36'] }, at));

  it('ask for the hospital again where a crew is back at the scene after it brought a patient', () => {
    for (const code of ['TR', 'AH'])
      act('unit.status', { unit: 'm36', code, ...(code === 'TR' ? { destination: { name: 'Mercy' } } : {}) }, at);
    expect(did('unit.status', { unit: 'm36', code: 'TR' })).toBe('M36 transporting 26-K0001');
    act('unit.status', { unit: 'm36', code: 'AP' }, at);
    expect(did('unit.next', { unit: 'm36' })).toBe('needs.hospital destination');
    expect(did('unit.status', { unit: 'm36', code: 'TR' })).toBe('needs.hospital destination');
  });

  it('do not ask for it again where transporting was pressed too early', () => {
    act('unit.status', { unit: 'm36', code: 'TR', destination: { name: 'Mercy' } }, at);
    act('unit.status', { unit: 'm36', code: 'OS' }, at);
    expect(did('unit.status', { unit: 'm36', code: 'TR' })).toBe('M36 transporting 26-K0001');
  });

  it('follow the chain by the next key, with any step skipped', () => {
    expect(unit('m36')?.next).toBe('ER');
    expect(did('unit.next', { unit: 'm36' })).toBe('M36 en route 26-K0001');
    expect(did('unit.status', { unit: 'm36', code: 'ap' })).toBe('M36 at patient 26-K0001');
    expect(did('unit.next', { unit: 'm36' })).toBe('needs.hospital destination');
    expect(did('unit.status', { unit: 'm36', code: 'TR', destination: { name: 'Mercy' } })).toBe(
      'M36 transporting to Mercy 26-K0001',
    );
    for (const said of ['at destination', 'transfer of care done', 'available'])
      expect(did('unit.next', { unit: 'm36' })).toBe(`M36 ${said} 26-K0001`);
    expect(did('unit.next', { unit: 'm36' })).toBe('status.no_next unit');
    expect(Object.keys(runs(X)[0]?.times ?? {})).toEqual([
      'unitNotified',
      'enRoute',
      'atPatient',
      'leftScene',
      'atDestination',
      'destinationTransfer',
      'backInService',
    ]);
  });

  it('take no other step than the one that was shown, and none twice', () => {
    expect(did('unit.next', { unit: 'm36', to: 'ER' })).toBe('M36 en route 26-K0001');
    expect(act('unit.next', { unit: 'm36', to: 'ER' }, at)).toMatchObject({
      refusal: { code: 'status.moved', field: 'to', message: 'M36 is ER by now; its next status is OS.' },
    });
    expect(did('unit.next', { unit: 'm36', to: 'OS' })).toBe('M36 on scene 26-K0001');
  });

  it('ask for what they need and know what they do not', () => {
    expect(did('unit.status', { unit: 'm14', code: 'OOS' })).toBe('needs.reason reason');
    expect(did('unit.status', { unit: 'm14', code: 'PO' })).toBe('needs.post post');
    expect(did('unit.status', { unit: 'm14', code: 'ER' })).toBe('needs.incident incident');
    expect(did('unit.status', { unit: 'm14', code: 'ZZ' })).toBe('status.unknown code');
    expect(did('unit.status', { unit: 'm14', code: 'AV', incident: X })).toBe('unit.not_on incident');
    act('unit.dispatch', { incident: Y, units: ['m36'], confirm: true }, at);
    expect(did('unit.status', { unit: 'm36', code: 'ER' })).toBe('needs.incident incident');
    expect(did('unit.status', { unit: 'm36', code: 'ER', incident: Y })).toBe('M36 en route 26-K0002');
    expect(unit('m36')?.incidents.map((one) => [one.id, one.code])).toEqual([
      [Y, 'ER'],
      [X, 'DP'],
    ]);
  });

  it('of untidy records go in as they happened', () => {
    const when = (name: ActionName, input: object): string => did(name, input);
    expect(when('unit.status', { unit: 'm14', incident: X, code: 'OS', at: 5_000 })).toBe('M14 on scene 26-K0001');
    expect(when('unit.status', { unit: 'm14', incident: X, code: 'ER', at: 9_000 })).toBe('M14 en route 26-K0001');
    expect(when('unit.status', { unit: 'm14', incident: X, code: 'AV', at: 9_000 })).toBe('M14 available 26-K0001');
    expect(when('unit.status', { unit: 't01', incident: Y, code: 'AV', at: 7_000 })).toBe('T01 available 26-K0002');
    expect(when('unit.dispatch', { units: ['m14'], incident: Y, at: 1_000, confirm: true })).toBe(
      'M14 dispatched 26-K0002',
    );
    expect(runs(X).find((run) => run?.unit === 'm14')?.times).toEqual({
      onScene: { at: 5_000, amended: false },
      enRoute: { at: 9_000, amended: false },
      backInService: { at: 9_000, amended: false },
    });
    expect(runs(Y).find((run) => run?.unit === 't01')?.times).toEqual({ backInService: { at: 7_000, amended: false } });
    expect(unit('t01')?.code).toBe('AV');
    expect(conflictsIn(at)).toEqual([]);
  });
});

describe('moving, swapping, closing, merging', () => {
  beforeEach(() => void act('unit.dispatch', { incident: X, units: ['m36'] }, at));

  it('moves a unit in one step and swaps two', () => {
    expect(did('unit.move', { unit: 'm14', to: Y })).toBe('unit.not_on unit');
    expect(did('unit.move', { unit: 'm36', to: X })).toBe('unit.already to');
    expect(did('unit.move', { unit: 'm36', to: Y })).toBe('M36 moved from 26-K0001 to 26-K0002');
    act('unit.dispatch', { incident: X, units: ['m14'] }, at);
    expect(did('unit.swap', { unit: 'm36', with: 'm14' })).toBe('Swapped: M36 26-K0001, M14 26-K0002');
    expect(incident(X).units.map((chip) => chip.callsign)).toEqual(['M36']);
    expect(did('unit.swap', { unit: 'm36', with: 'm36' })).toBe('unit.same with');
    expect(did('unit.swap', { unit: 'e06', with: 't01' })).toBe('unit.nothing_to_swap with');
  });

  it('closes over units only when told what becomes of them', () => {
    const asked = act('incident.close', { incident: X, disposition: 'Done' }, at);
    expect(asked).toMatchObject({ ok: false, decision: { next: ['clear', 'leave'] } });
    act('incident.close', { incident: X, disposition: 'Done', units: 'leave' }, at);
    expect(incident(X)).toMatchObject({ state: 'closed', disposition: 'Done' });
    expect(unit('m36')?.code).toBe('DP');
    expect(did('unit.status', { unit: 'm36', code: 'AV' })).toBe('M36 available 26-K0001');
    act('unit.dispatch', { incident: Y, units: ['m36', 'e06'] }, at);
    expect(did('incident.close', { incident: Y, disposition: 'Done', units: 'clear' })).toBe(
      '26-K0002 closed: Done; E06 and M36 cleared',
    );
    expect([unit('m36')?.code, unit('e06')?.code]).toEqual(['AV', 'AV']);
    expect(did('incident.close', { incident: Y, disposition: 'Done' })).toBe('incident.closed incident');
    expect(act('incident.close', { incident: Y, disposition: 'Other' }, at)).toMatchObject({
      refusal: { message: `${at.world.numberOf(entityRef('incident', Y))} is closed already: Done.` },
    });
    expect(did('incident.reopen', { incident: Y })).toBe('26-K0002 reopened');
    expect(incident(Y)).toMatchObject({ state: 'pending', disposition: null, closedAt: null });
  });

  it('carries the units of a duplicate over with their status, times and hospital', () => {
    act('unit.status', { unit: 'm36', code: 'OS', at: 5_000 }, at);
    act('unit.status', { unit: 'm36', code: 'TR', destination: { name: 'Mercy' }, at: 6_000 }, at);
    expect(did('incident.merge', { incident: X, into: Y, merged: true })).toBe(
      '26-K0001 merged into 26-K0002; M36 carried over',
    );
    expect(incident(X)).toMatchObject({ state: 'merged', mergedInto: Y, units: [] });
    expect(runs(Y)[0]).toMatchObject({ active: true, code: 'TR', destination: { name: 'Mercy' } });
    expect(runs(Y)[0]?.times).toMatchObject({ onScene: { at: 5_000 }, leftScene: { at: 6_000 } });
    expect(runs(Y)[0]?.times.unitNotified).toEqual(runs(X)[0]?.times.unitNotified);
    expect(did('incident.merge', { incident: Y, into: X, merged: true })).toBe('incident.merged into');
    expect(did('incident.merge', { incident: X, into: Y, merged: false })).toBe(
      '26-K0001 no longer merged into 26-K0002',
    );
    expect(did('incident.merge', { incident: X, into: X, merged: true })).toBe('incident.same into');
  });

  it('is still a call where another console, blindly, merged the other into it: neither is hidden by the two', () => {
    const other = createConsole('b', TEST_ROSTER, at.world.facts());
    act('incident.merge', { incident: X, into: Y, merged: true }, at);
    act('incident.merge', { incident: Y, into: X, merged: true }, other);
    meet(at, other);
    expect([incident(X), incident(Y)]).toMatchObject([
      { mergedInto: Y, number: '26-K0001' },
      { mergedInto: X, number: '26-K0002' },
    ]);
    for (const one of [X, Y]) expect(['pending', 'active']).toContain(incident(one).state);
    expect(did('incident.close', { incident: Y, disposition: 'Done', units: 'clear' })).toContain('26-K0002 closed');
    expect(did('incident.reopen', { incident: Y })).toBe('26-K0002 reopened');
    expect(did('incident.merge', { incident: X, into: Y, merged: false })).toContain('no longer merged');
    expect([incident(X).state, incident(Y).state]).toEqual(['pending', 'merged']);
  });

  it('lets a unit that was sent to it while it was merged elsewhere go on with its status and times', () => {
    const other = createConsole('b', TEST_ROSTER, at.world.facts());
    act('unit.dispatch', { incident: X, units: ['e06'] }, at);
    act('unit.status', { unit: 'e06', code: 'OS', at: 5_000 }, at);
    act('incident.merge', { incident: X, into: Y, merged: true }, other);
    meet(at, other);
    expect(incident(X)).toMatchObject({ state: 'merged', units: [{ unit: 'e06' }] });
    const notified = runs(X).find((run) => run?.unit === 'e06')?.times.unitNotified;
    expect(did('unit.move', { unit: 'e06', to: Y })).toBe('E06 moved from 26-K0001 to 26-K0002');
    expect(incident(X)).toMatchObject({ state: 'merged', units: [] });
    const run = runs(Y).find((one) => one?.unit === 'e06');
    expect(run).toMatchObject({ active: true, code: 'OS', times: { onScene: { at: 5_000 } } });
    expect(run?.times.unitNotified).toEqual(notified);
    expect(unit('e06')?.code).toBe('OS');
    // To another call it is sent anew.
    expect(did('unit.move', { unit: 'e06', to: X })).toBe('incident.merged to');
  });

  it('is held only while no unit is on it', () => {
    act('incident.hold', { incident: X, held: true, reason: 'police' }, at);
    expect(incident(X)).toMatchObject({ state: 'active', hold: { reason: 'police', until: null } });
    act('unit.cancel', { unit: 'm36' }, at);
    expect(incident(X).state).toBe('held');
    act('incident.hold', { incident: X, held: false }, at);
    expect(incident(X)).toMatchObject({ state: 'pending', hold: null });
  });
});

describe('times', () => {
  const run = `assignment:${X}.m36.0`;
  beforeEach(() => void act('unit.dispatch', { incident: X, units: ['m36'], at: 1_000 }, at));

  it('are filled once and then amended, with both kept', () => {
    expect(did('time.record', { of: run, element: 'onScene', time: 4_000 })).toMatch(/recorded$/);
    expect(decided('time.record', { of: run, element: 'onScene', time: 4_000 })).toEqual([]);
    expect(did('time.record', { of: run, element: 'onScene', time: 5_000 })).toBe('time.there element');
    act('time.amend', { of: `${X}.m36.0`, element: 'onScene', time: 5_000, reason: 'radio' }, at);
    expect(runs(X)[0]?.times.onScene).toEqual({ at: 5_000, amended: true, was: 4_000, reason: 'radio' });
    expect(runs(X)[0]?.code).toBe('DP');
    act('time.amend', { of: run, element: 'onScene', time: null, reason: 'never arrived' }, at);
    expect(runs(X)[0]?.times.onScene).toBeUndefined();
    expect(did('time.amend', { of: 'nothing', element: 'onScene', time: 1, reason: 'x' })).toBe('of.unknown of');
  });

  it('of an incident are its own', () => {
    act('time.record', { of: `incident:${X}`, element: 'dispatchNotified', time: 900 }, at);
    act('time.amend', { of: X, element: 'psapCall', time: 800, reason: 'phone log' }, at);
    expect(incident(X)).toMatchObject({ enteredAt: 900, answeredAt: 800 });
  });
});

describe('settling', () => {
  it('a status that ended a run against one that did not gives the run its own end later', () => {
    act('unit.dispatch', { incident: X, units: ['m36'], at: 1_000 }, at);
    const b = createConsole('b', TEST_ROSTER, at.world.facts());
    act('unit.status', { unit: 'm36', code: 'OS', at: 3_000 }, at);
    act('unit.status', { unit: 'm36', code: 'AV', at: 2_000 }, b);
    meet(at, b);
    const entity = `assignment:${X}.m36.0`;
    expect(conflictsIn(at)).toEqual([`${entity} status`]);
    expect(unit('m36')?.conflicts[0]?.title).toBe('M36 on 26-K0001: status');
    const side = unit('m36')?.conflicts[0]?.sides.find((one) => one.said === 'on scene')?.fact;
    expect(did('conflict.settle', { entity, register: 'status', side })).toBe(
      'M36 on 26-K0001 status settled: on scene',
    );
    expect(runs(X)[0]).toMatchObject({ active: true, code: 'OS', times: { onScene: { at: 3_000 } } });
    expect(runs(X)[0]?.times.backInService).toBeUndefined();
    act('unit.status', { unit: 'm36', code: 'AV', at: 8_000 }, at);
    expect(runs(X)[0]?.times.backInService).toMatchObject({ at: 8_000, amended: true });
    expect(unit('m36')).toMatchObject({ code: 'AV', incidents: [] });
    expect(did('conflict.settle', { entity, register: 'status', side })).toBe('conflict.none register');
  });

  it('keeps a unit out of service that was sent blindly', () => {
    const b = createConsole('z', TEST_ROSTER, at.world.facts());
    act('unit.status', { unit: 'm36', code: 'OOS', reason: 'fuel' }, at);
    act('unit.dispatch', { incident: X, units: ['m36'] }, b);
    meet(at, b);
    expect(unit('m36')?.conflicts.map((one) => [one.title, one.sides.map((side) => side.said)])).toEqual([
      ['M36: assignment', ['on nothing', 'on 26-K0001']],
    ]);
    const side = unit('m36')?.conflicts[0]?.sides[0]?.fact;
    act('conflict.settle', { entity: 'unit:m36', register: 'commitments', side }, at);
    expect(unit('m36')).toMatchObject({ code: 'OOS', reason: 'fuel', incidents: [], conflicts: [] });
  });

  it('a contested fact needs a word of a supervisor, on everything that it is about', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const sent = at.world.facts().at(-1) as Fact;
    const draft = {
      type: 'fact.contested',
      v: 1,
      at: 0,
      about: sent.about,
      replaces: [],
      body: { fact: sent.id, reason: 'grant revoked' },
    };
    const center = createConsole('center', TEST_ROSTER);
    at.world.add(center.append([draft]));
    expect(unit('m36')).toMatchObject({
      code: 'DP',
      contested: [{ said: 'M36 dispatched 26-K0001', reason: 'grant revoked' }],
    });
    expect(incident(X).contested).toHaveLength(1);
    const entity = `incident:${X}`;
    expect(did('contested.settle', { entity, fact: sent.id, verdict: 'set aside' })).toBe(
      '26-K0001 set aside: M36 dispatched',
    );
    expect(unit('m36')).toMatchObject({ code: 'AV', contested: [], conflicts: [] });
    expect(incident(X)).toMatchObject({ contested: [], units: [] });
    expect(did('contested.settle', { entity, fact: sent.id, verdict: 'confirmed' })).toBe('contested.none fact');
    const about: EntityRef[] = sent.about;
    expect(at.world.facts().at(-1)?.about.map(idOf).sort()).toEqual(about.map(idOf).sort());
  });

  it('a word on what is contested speaks of that alone: on the rest the fact counts already', () => {
    act('unit.dispatch', { incident: X, units: ['m36'] }, at);
    const sent = at.world.facts().at(-1) as Fact;
    const [mine, ...theirs] = sent.about as [EntityRef, ...EntityRef[]];
    const body = { fact: sent.id, reason: 'not shared' };
    const draft = { type: 'fact.contested', v: 1, at: 0, about: theirs, replaces: [], body };
    at.world.add(createConsole('center', TEST_ROSTER).append([draft]));
    const [entity = ''] = theirs;
    expect(did('contested.settle', { entity, fact: sent.id, verdict: 'confirmed' })).toContain('M36');
    expect(at.world.facts().at(-1)?.about).not.toContain(mine);
    expect([...(at.world.facts().at(-1)?.about ?? [])].sort()).toEqual([...theirs].sort());
  });
});
