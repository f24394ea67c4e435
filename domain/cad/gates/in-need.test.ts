/** A unit that called for help and is sent, moved or cleared before anybody said that this is over. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';
import { unitRowOf } from '../views/unit-row.ts';

let at: Console;
const { run } = typedAt(() => at);
beforeEach(() => {
  at = atTwoCalls();
  run('D M36 0001');
  run('EM M36');
});
const warning = (name: 'unit.cancel' | 'unit.move' | 'unit.status', input: object): string | undefined => {
  const decided = act(name, input, at);
  return decided.ok ? decided.value.warned?.rules.map(({ reason }) => reason).join(' ') : decided.refusal.code;
};
const NOT_OVER = 'M36 has an emergency that is not over.';

describe('a unit in an emergency', () => {
  it('comes off its call never without a word, whoever takes it off', () => {
    expect(warning('unit.cancel', { unit: 'm36' })).toBe(NOT_OVER);
    expect(unitRowOf('unit:m36', at.world)).toMatchObject({ code: 'AV', emergency: { emergency: 'declared' } });
    run('OS M36 0001');
    expect(warning('unit.move', { unit: 'm36', to: 'k2' })).toBe(NOT_OVER);
    expect(warning('unit.status', { unit: 'm36', code: 'AV' })).toBe(NOT_OVER);
  });

  it('is sent to another call only once that is confirmed, also when it is on none and its help was seen', () => {
    act('unit.emergency', { unit: 'm36', emergency: 'seen' }, at);
    run('X M36');
    const input = { incident: 'k2', units: ['m36'] };
    const asked = act('unit.dispatch', input, at);
    expect(asked.ok ? null : asked.refusal).toMatchObject({ code: 'confirm.needed', message: NOT_OVER });
    expect(act('unit.dispatch', { ...input, confirm: true }, at).ok).toBe(true);
  });

  it('is named where its call is closed under it', () => {
    const asked = act('incident.close', { incident: 'k1', disposition: 'Transported' }, at);
    expect(asked.ok ? null : asked.refusal.message).toBe(`M36 is still on 26-K0001. ${NOT_OVER}`);
  });

  it('is a unit as any other once it is over, and says where it stands on its call without a warning', () => {
    expect(warning('unit.status', { unit: 'm36', code: 'OS' })).toBeUndefined();
    act('unit.emergency', { unit: 'm36', emergency: 'over' }, at);
    expect(warning('unit.cancel', { unit: 'm36' })).toBeUndefined();
    expect(act('unit.dispatch', { incident: 'k2', units: ['m36'] }, at).ok).toBe(true);
  });
});
