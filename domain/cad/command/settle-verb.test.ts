/** `SETTLE 10418 1200 Oak`: what two consoles said without knowing of each other is settled by the command line. */
import { beforeEach, expect, it } from 'vitest';
import { type Console, createConsole, meet } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { TEST_ROSTER } from '../testing/roster.ts';
import { atTwoCalls, callAt, typedAt } from '../testing/typed-lines.ts';
import { unitRowOf } from '../views/unit-row.ts';
import { completeCommand } from './complete.ts';
import { vocabularyOf, vocabularyOfRows } from './vocabulary.ts';

let at: Console;
const { choices, ghost, run } = typedAt(() => at);
beforeEach(() => {
  at = atTwoCalls();
  const other = createConsole('b', TEST_ROSTER, at.world.facts());
  act('incident.edit', { incident: 'k1', set: { location: { text: '1200 Oak St' } } }, at);
  act('incident.edit', { incident: 'k1', set: { location: { text: '1210 Oak St' } } }, at);
  act('incident.edit', { incident: 'k1', set: { location: { text: '12 Elm St' } } }, other);
  act('unit.dispatch', { incident: 'k1', units: ['m36'] }, at);
  act('unit.dispatch', { incident: 'k2', units: ['m36'] }, other);
  meet(at, other);
});
const unit = () => unitRowOf('unit:m36', at.world);

it('keeps the side that is said, whole or by words of it, and says what is set aside', () => {
  for (const line of ['SETTLE 0001 1210 Oak St', '0001 SETTLE 1210', 'settle 26-K0001 oak', 'KEEP 0001 oak st'])
    expect(ghost(line), line).toBe('Settle 26-K0001 location: 1210 Oak St stands, 12 Elm St is set aside');
  expect(ghost('SETTLE elm', 'incident:k1')).toContain('12 Elm St stands');
  expect(run('SETTLE 0001 12 elm')).toBe('26-K0001 location settled: 12 Elm St');
  expect(callAt(at, 'k1')).toMatchObject({ location: { text: '12 Elm St' }, conflicts: [] });
  expect(run('SETTLE 0001 elm')).toMatch(/^conflict\.none: 26-K0001: no conflict is to be settled/);
});

it('keeps a unit on the call that is said', () => {
  expect(unit()?.conflicts).toHaveLength(1);
  expect(ghost('SETTLE M36 K0002')).toMatch(
    /^Settle M36 on two incidents: on 26-K0002 stands, on 26-K0001 is set aside$/,
  );
  expect(ghost('M36 SETTLE K0002')).toBe(ghost('SETTLE M36 K0002'));
  expect(ghost('SETTLE on 26-K0002', 'unit:m36')).toBe(ghost('SETTLE M36 K0002'));
  expect(ghost('SETTLE 0001 elm', 'unit:m36')).toMatch(/^Settle 26-K0001 location: 12 Elm St/);
  run('SETTLE M36 on 26-K0002');
  expect(unit()).toMatchObject({ conflicts: [], incidents: [{ number: '26-K0002' }] });
});

it('asks whose and which, offers the sides whole, and keeps none that is not said', () => {
  expect(choices('SETTLE')).toEqual(['SETTLE M36', 'SETTLE 26-K0001']);
  expect(choices('SETTLE 0001')).toEqual(['SETTLE 0001 12 Elm St', 'SETTLE 0001 1210 Oak St']);
  expect(choices('SETTLE 0001 12')).toEqual(choices('SETTLE 0001'));
  expect(ghost('SETTLE 0001 pine')).toBe('needs: No side of 26-K0001 says pine. Which stands?');
  expect(choices('SETTLE 0001 pine')).toEqual(choices('SETTLE 0001'));
  // A call with nothing to settle is not what a number is asked to be said of.
  expect(ghost('SETTLE 0001 oak', 'incident:k2')).toMatch(/^Settle 26-K0001 location/);
  expect(ghost('SETTLE M36')).toBe('needs: M36 on two incidents. Which stands?');
  expect(ghost('SETTLE 0001')).toBe('needs: 26-K0001 location. Which stands?');
  for (const line of choices('SETTLE 0001')) expect(ghost(line), line).toMatch(/^Settle 26-K0001 location/);
  const words = vocabularyOf(at.world, at.means.now);
  expect(completeCommand('SETTLE 0001 ', words).map(({ line }) => line)).toEqual(choices('SETTLE 0001'));
  expect(ghost('SETTLE M36,M14 K0002')).toMatch(/^refused: Name one unit/);
  expect(ghost('SETTLE 0002 x')).toBe('refused: 26-K0002: no conflict is to be settled. F7 goes to what else is.');
  expect(vocabularyOfRows({ incidents: [], units: [], roster: {} }, 0).conflictsOf('incident:k1')).toEqual([]);
});
