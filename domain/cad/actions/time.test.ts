import { beforeEach, describe, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { shownAt } from '../testing/shown-at.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';

let at: Console;
const { did, decided, incident, runs } = shownAt(() => at);
const X = 'k1';
beforeEach(() => {
  at = atTwoCalls();
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
