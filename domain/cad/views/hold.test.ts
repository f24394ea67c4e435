/** How long a call is on hold. */
import { beforeEach, expect, it } from 'vitest';
import { FACT_CONTESTED } from '../../kernel/fold.ts';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act, conflictsIn } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';
import { incidentRow } from './incident-row.ts';

const X = 'k1';
const REF = `incident:${X}` as const;
let at: Console;
const { run } = typedAt(() => at);
beforeEach(() => {
  at = atTwoCalls();
  run('H 0001 waiting for police 20');
});
const row = (on = at) => {
  const folded = on.world.entity(REF);
  if (!folded) throw new Error('no incident');
  return incidentRow(folded, on.world.assignmentsOf(REF).map(on.world.entity), on.world);
};

it('is over once a unit is sent: a call whose unit was taken off again waits as any does', () => {
  expect(row().state).toBe('held');
  expect(run('D M36 0001')).toBe('M36 dispatched 26-K0001; off hold');
  expect(row()).toMatchObject({ state: 'active', hold: null });
  run('X M36');
  expect(row()).toMatchObject({ state: 'pending', hold: null, left: { standard: 'canceled' } });
  expect(run('H 0001 OFF')).toBe('26-K0001 is not on hold');
});

it('is over where a unit is there by its own word, and where one came with a duplicate', () => {
  run('OS M36 0001');
  run('AV M36');
  expect(row().state).toBe('pending');
  run('H 0001 again');
  run('D M14 0002');
  run('M 0002 0001');
  run('X M14');
  expect(row()).toMatchObject({ state: 'pending', hold: null });
});

it('begins anew, with nothing of the one before', () => {
  run('D M36 0001');
  // It is worked all the same: nobody is to wait for it to stop.
  expect(run('H 0001 scene not safe')).toBe('26-K0001 on hold once its units have left it: scene not safe');
  expect(row()).toMatchObject({ state: 'active', hold: { reason: 'scene not safe' } });
  run('X M36');
  expect(row()).toMatchObject({ state: 'held', hold: { reason: 'scene not safe', until: null } });
});

it('is over with the call: one that is opened again waits', () => {
  act('incident.close', { incident: X, disposition: 'Handled' }, at);
  expect(row().hold).toBeNull();
  act('incident.reopen', { incident: X }, at);
  expect(row()).toMatchObject({ state: 'pending', hold: null });
});

it('goes on where a merge is taken back, and where whoever sent a unit had no right to', () => {
  run('M 0001 0002');
  run('UM 0001');
  expect(row().state).toBe('held');
  const b = createConsole('b', TEST_ROSTER, at.world.facts());
  act('unit.dispatch', { incident: X, units: ['m36'] }, b);
  const [sent] = b.world.factsOf(REF).slice(-1);
  const [verdict] = b.append([
    {
      type: FACT_CONTESTED,
      v: 1,
      at: 1,
      about: sent?.about ?? [],
      replaces: [],
      body: { fact: sent?.id ?? '', reason: '' },
    },
  ]);
  const known = b.world.facts().filter(({ id }) => id !== verdict?.id);
  const center = verdict && { ...verdict, station: 'center' };
  const told = createConsole('c', TEST_ROSTER, center ? [...known, center] : known);
  expect(row(told).hold).toMatchObject({ reason: 'waiting for police' });
});

it('is the same at consoles that were cut off from each other, and none of it a conflict', () => {
  const b = createConsole('b', TEST_ROSTER, at.world.facts());
  act('unit.dispatch', { incident: X, units: ['m36'] }, at);
  act('incident.hold', { incident: X, held: true, reason: 'police delayed' }, b);
  meet(at, b);
  expect(conflictsIn(at)).toEqual([]);
  expect(row(at)).toEqual({ ...row(b), setAt: row(at).setAt });
});
