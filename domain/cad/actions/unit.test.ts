import { beforeEach, describe, expect, it } from 'vitest';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act, conflictsIn } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { shownAt } from '../testing/shown-at.ts';
import { atTwoCalls } from '../testing/typed-lines.ts';

let at: Console;
const { did, incident, unit, runs } = shownAt(() => at);
const X = 'k1';
const Y = 'k2';
const CHEST = { code: 'CHEST', text: 'Chest pain' };
beforeEach(() => {
  at = atTwoCalls();
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
    for (let n = 3; n <= 18; n++) did('incident.open', { location: { text: `${n} Elm St` }, nature: CHEST });
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

describe('a unit that is on a call', () => {
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
});
