import { beforeEach, describe, expect, it } from 'vitest';
import { assignmentRef, entityRef } from '../../kernel/ids.ts';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { shownAt } from '../testing/shown-at.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';
import { timelineRows } from '../views/timeline.ts';

let at: Console;
const { did, decided, incident, unit, runs } = shownAt(() => at);
const X = 'k1';
const Y = 'k2';
beforeEach(() => {
  at = atTwoCalls();
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
    expect(decided('incident.edit', { incident: X, set: { location: { text: '1200 Oak St' } } })).toEqual([]);
    expect(
      decided('incident.edit', { incident: X, set: { location: { text: '1200 Oak St' }, caller: 'Ann' } }),
    ).toEqual(['incident.edited']);
    expect(at.world.facts().at(-1)?.content).toEqual({ caller: 'Ann' });
  });

  it('says what a value was before', () => {
    act('incident.edit', { incident: X, set: { location: { text: 'C street' } } }, at);
    const rows = timelineRows(entityRef('incident', X), at.world.factsOf(entityRef('incident', X)), at.world);
    expect(rows.map((row) => [row.said, row.detail])).toEqual([
      ['Opened', 'location: 1200 Oak St · nature: Chest pain · priority: 1'],
      ['Location: C street', 'was 1200 Oak St'],
    ]);
  });
});

describe('closing, merging and holding', () => {
  beforeEach(() => void act('unit.dispatch', { incident: X, units: ['m36'] }, at));

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
