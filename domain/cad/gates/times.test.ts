import { beforeEach, describe, expect, it } from 'vitest';
import { reasonsOf } from '../../kernel/decision.ts';
import { decideAction } from '../actions/decide.ts';
import { isOfTheCall } from '../status.ts';
import { type Console, createConsole } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';

let at: Console;
/** 04:00:00 of the test's day. */
const CALL = Date.UTC(2026, 10, 22, 12);
const MINUTE = 60_000;

beforeEach(() => {
  at = createConsole('k', TEST_ROSTER);
  const nature = { code: 'CHEST', text: 'Chest pain' };
  act('incident.open', { location: { text: '1200 Oak St' }, nature, answeredAt: CALL }, at);
  act('unit.dispatch', { incident: 'k1', units: ['m36'], at: CALL + MINUTE }, at);
  act('unit.status', { unit: 'm36', code: 'ER', at: CALL + 2 * MINUTE }, at);
  act('unit.status', { unit: 'm36', code: 'AP', at: CALL + 8 * MINUTE }, at);
});

/** What is said with a time that is entered; empty where nothing is. */
function warned(
  name: 'time.record' | 'time.amend',
  element: 'onScene' | 'enRoute' | 'unitNotified' | 'psapCall' | 'dispatchNotified',
  minute: number,
): string {
  const of = isOfTheCall(element) ? 'incident:k1' : 'k1.m36.0';
  const input = { of, element, time: CALL + minute * MINUTE };
  const decided =
    name === 'time.record'
      ? decideAction(name, input, at.world, at.means)
      : decideAction(name, { ...input, reason: 'by radio' }, at.world, at.means);
  if (!decided.ok) throw new Error(decided.refusal.message);
  expect(decided.value.drafts).toHaveLength(1);
  return decided.value.warned ? reasonsOf(decided.value.warned) : '';
}

describe('a time that is entered', () => {
  it('goes in without a word where it stands between those before and after it, or with one of them', () => {
    for (const minute of [2, 5, 8]) expect([minute, warned('time.record', 'onScene', minute)]).toEqual([minute, '']);
    expect(warned('time.amend', 'enRoute', 3)).toBe('');
    expect(warned('time.amend', 'psapCall', -3)).toBe('');
  });
  it('goes in with a word on what it puts out of order', () => {
    expect(warned('time.record', 'onScene', 1)).toBe('M36 on 26-K0001 on scene 04:01:00 is before en route 04:02:00.');
    expect(warned('time.record', 'onScene', 9)).toBe('M36 on 26-K0001 on scene 04:09:00 is after at patient 04:08:00.');
    expect(warned('time.amend', 'enRoute', -1)).toBe(
      'M36 on 26-K0001 en route 03:59:00 is before dispatched 04:01:00.',
    );
    expect(warned('time.amend', 'psapCall', 5)).toBe(
      '26-K0001 call answered 04:05:00 is after M36 dispatched 04:01:00.',
    );
  });
  it('goes in with a word where it is before the call was answered, which its opening says', () => {
    expect(warned('time.amend', 'unitNotified', -1)).toBe(
      'M36 on 26-K0001 dispatched 03:59:00 is before call answered 04:00:00.',
    );
    expect(warned('time.record', 'dispatchNotified', -1)).toBe(
      '26-K0001 handed to dispatch 03:59:00 is before call answered 04:00:00.',
    );
    expect(warned('time.record', 'dispatchNotified', 0)).toBe('');
    act('time.record', { of: 'incident:k1', element: 'dispatchNotified', time: CALL + 30_000 }, at);
    expect(warned('time.amend', 'psapCall', 1)).toBe(
      '26-K0001 call answered 04:01:00 is after handed to dispatch 04:00:30.',
    );
  });
  it('says nothing of a time that is struck', () => {
    const input = { of: 'k1.m36.0', element: 'enRoute' as const, time: null, reason: 'never said' };
    const decided = decideAction('time.amend', input, at.world, at.means);
    expect(decided.ok && decided.value.warned).toBe(undefined);
  });
});
