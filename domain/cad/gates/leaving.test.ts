/** A unit that is taken off a call with a patient aboard: what is said. */
import { beforeEach, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { atTwoCalls, typedAt } from '../testing/typed-lines.ts';
import { unitRowOf } from '../views/unit-row.ts';

let at: Console;
const { run } = typedAt(() => at);
beforeEach(() => {
  at = atTwoCalls();
  run('D M36 0001');
});
const warning = (name: 'unit.cancel' | 'unit.move' | 'unit.swap', input: object): string | undefined => {
  const decided = act(name, input, at);
  return decided.ok ? decided.value.warned?.rules.map(({ reason }) => reason).join(' ') : decided.refusal.code;
};
const ABOARD = 'M36 is transporting 26-K0001 to Mercy General: a patient is aboard.';

it('goes where it is moved, traded or canceled, never without a word', () => {
  run('TR M36 MERCY');
  expect(warning('unit.cancel', { unit: 'm36' })).toBe(ABOARD);
  expect(unitRowOf('unit:m36', at.world)).toMatchObject({ code: 'AV', incidents: [] });
  run('D M36 0001');
  run('TR M36 MERCY');
  expect(warning('unit.move', { unit: 'm36', to: 'k2' })).toBe(ABOARD);
  expect(unitRowOf('unit:m36', at.world)).toMatchObject({ code: 'DP', incidents: [{ id: 'k2' }] });
});

it('is said of either side of a trade', () => {
  run('TR M36 MERCY');
  run('D M14 0002');
  expect(warning('unit.swap', { unit: 'm14', with: 'm36' })).toBe(ABOARD);
});

it('is said of none that has nobody aboard, nor where the call goes on under another number', () => {
  run('OS M36');
  expect(warning('unit.move', { unit: 'm36', to: 'k2' })).toBeUndefined();
  expect(warning('unit.cancel', { unit: 'm36' })).toBeUndefined();
  run('D M36 0001');
  run('TR M36 MERCY');
  run('M 0001 0002');
  expect(unitRowOf('unit:m36', at.world)?.code).toBe('TR');
});
