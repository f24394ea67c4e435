/** A unit that comes to be on a call by a status or a trade: what is said where it is on another, or away. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';
import { unitRowOf } from '../views/unit-row.ts';

let at: Console;
const { ghost, run } = typedAt(() => at);
const [X, Y] = ['k1', 'k2'];
beforeEach(() => {
  at = atTwoCalls();
  run('D M36 0001');
});
const warning = (name: 'unit.status' | 'unit.swap', input: object): string | undefined => {
  const decided = act(name, input, at);
  return decided.ok ? decided.value.warned?.rules.map(({ reason }) => reason).join(' ') : decided.refusal.code;
};

describe('a unit that is reported on a call', () => {
  it('while it is on another, or out of service, goes there with a word of it', () => {
    expect(warning('unit.status', { unit: 'm36', code: 'OS', incident: Y })).toBe('M36 is dispatched 26-K0001.');
    expect(unitRowOf('unit:m36', at.world)?.incidents.map(({ number }) => number)).toEqual(['26-K0002', '26-K0001']);
    run('OOS M14 fuel');
    expect(warning('unit.status', { unit: 'm14', code: 'OS', incident: Y })).toBe('M14 is out of service (fuel).');
  });

  it('without anything against it goes there without one', () => {
    expect(warning('unit.status', { unit: 'e06', code: 'OS', incident: Y })).toBeUndefined();
    expect(warning('unit.status', { unit: 'm36', code: 'OS', incident: X })).toBeUndefined();
  });
});

describe('the code of what is dispatched', () => {
  it('sends a unit that is not on the call, asking first where it is busy', () => {
    expect(ghost('DP M36 0002')).toBe(ghost('D M36 0002'));
    expect(run('DP M36 0002')).toBe('confirm.needed: M36 is dispatched 26-K0001.');
    expect(run('DP M36 0002', null, true)).toBe('M36 dispatched 26-K0002');
    run('ER M36 0001');
    expect(run('DP M36 0001')).toBe('M36 dispatched 26-K0001');
  });
});

describe('a trade', () => {
  it('with a unit that is away says so', () => {
    run('OOS M14 fuel');
    expect(warning('unit.swap', { unit: 'm36', with: 'm14' })).toBe('M14 is out of service (fuel).');
    expect(warning('unit.swap', { unit: 'm14', with: 'e06' })).toBeUndefined();
  });
});

describe('a move', () => {
  it('says before Enter what the unit leaves', () => {
    expect(ghost('MV M36 0002')).toBe('Move M36 from 26-K0001 to 26-K0002, Chest pain, 9 Elm St');
    run('D M36 0002', null, true);
    expect(ghost('MV M36 0002')).toBe('Move M36 from 26-K0001 to 26-K0002, Chest pain, 9 Elm St');
    run('MV M36 0002');
    expect(ghost('MV M36 0002')).toBe('Move M36 to 26-K0002, Chest pain, 9 Elm St');
  });
});
