/** `NEW 1502 Main St/CHEST`: a call is opened by the command line. */
import { beforeEach, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { atTwoCalls, callAt, typedAt } from '../testing/typed-lines.ts';
import { timelineRows } from '../views/timeline.ts';
import { completeCommand } from './complete.ts';
import { vocabularyOf } from './vocabulary.ts';

let at: Console;
const { choices, ghost, run } = typedAt(() => at);
const offered = (line: string) =>
  completeCommand(line, vocabularyOf(at.world, at.means.now)).map((choice) => choice.line);
beforeEach(() => {
  at = atTwoCalls();
});

it('opens a call with its place and nature, the priority by the nature, and says its number', () => {
  expect(ghost('NEW 1502 Main St/CHEST')).toBe('New call: Chest pain, 1502 Main St');
  expect(run('new  1502 Main St / fall')).toBe('26-K0003 opened: Fall, 1502 Main St');
  expect(callAt(at, 'k3')).toMatchObject({
    location: { text: '1502 Main St' },
    nature: { code: 'FALL', text: 'Fall' },
    priority: '3',
    state: 'pending',
  });
});

it('takes a priority and a note, each after its slash, and a corner with a slash in it', () => {
  expect(ghost('NEW 9 Elm/CHEST/2/gate 4411 / rear')).toBe(
    'New call: Chest pain, 9 Elm, priority 2; note: gate 4411 / rear',
  );
  expect(ghost('NEW 9 Elm/CHEST/p2')).toBe('New call: Chest pain, 9 Elm, priority 2');
  expect(ghost('NEW 9 Elm/CHEST/not alert')).toBe('New call: Chest pain, 9 Elm; note: not alert');
  expect(ghost('NEW Oak/Main/FALL/2')).toBe('New call: Fall, Oak/Main, priority 2');
  run('NEW Oak / Main/FALL/2/from a roof');
  expect(callAt(at, 'k3')).toMatchObject({ location: { text: 'Oak / Main' }, priority: '2' });
});

it('takes when the call was answered, before or after the priority, and says it before and after Enter', () => {
  // It is 04:00 there.
  for (const line of [
    'NEW 9 Elm/CHEST/2/0352/on paper',
    'NEW 9 Elm/CHEST/03:52/2/on paper',
    'NEW 9 Elm/CHEST/2//0352/on paper',
  ])
    expect(ghost(line), line).toBe('New call: Chest pain, 9 Elm, priority 2, answered 03:52:00; note: on paper');
  expect(ghost('NEW 9 Elm/CHEST/2330')).toBe('New call: Chest pain, 9 Elm, answered Sat 21 Nov 2026 23:30:00');
  expect(run('NEW 9 Elm/CHEST/0352')).toBe('26-K0003 opened: Chest pain, 9 Elm, answered 03:52:00');
  expect(callAt(at, 'k3')?.answeredAt).toBe(Date.UTC(2026, 10, 22, 11, 52));
  const [opened] = timelineRows('incident:k3', at.world.factsOf('incident:k3'), at.world);
  expect(opened).toMatchObject({
    said: 'Opened',
    detail: expect.stringMatching(/^answered 03:52:00 · location: 9 Elm/),
  });
  // A clock on a wall that is ahead means now.
  expect(run('NEW 9 Elm/CHEST/0401')).toBe('26-K0004 opened: Chest pain, 9 Elm');
  expect(callAt(at, 'k4')?.answeredAt).toBeLessThan(Date.UTC(2026, 10, 22, 12, 1));
  expect(ghost('NEW 9 Elm/CHEST/14:75')).toBe('refused: “14:75” is not a time. Give it as 1402 or 14:02:07.');
  expect(ghost('NEW 9 Elm/CHEST/0352/0353')).toMatch(/answered 03:52:00; note: 0353$/);
});

it('asks for what is missing or unclear, and offers natures after the slash', () => {
  expect(ghost('NEW')).toBe('needs: Where, and what? NEW 1502 Main St/CHEST opens a call; F5 opens its form.');
  expect(ghost('NEW 0001')).toBe('needs: Where is it? An address, a corner or a place.');
  expect(ghost('NEW /CHEST')).toBe('needs: Where is it? An address, a corner or a place.');
  expect(ghost('NEW 9 Elm')).toBe('needs: What is it at 9 Elm? A slash, then its nature.');
  expect(choices('NEW 9 Elm ')).toEqual(['NEW 9 Elm/CHEST ', 'NEW 9 Elm/FALL ']);
  expect(choices('NEW 9 Elm/')).toEqual(['NEW 9 Elm/CHEST ', 'NEW 9 Elm/FALL ']);
  expect(ghost('NEW 9 Elm/CHST/1')).toBe('needs: No nature is called CHST. Which?');
  expect(choices('NEW 9 Elm/CHST/1')).toEqual(['NEW 9 Elm/CHEST/1', 'NEW 9 Elm/FALL/1']);
  expect(choices('NEW 9 Elm/CHEST/7')).toEqual([1, 2, 3, 4].map((n) => `NEW 9 Elm/CHEST/${n}`));
  expect(ghost(`NEW ${'x'.repeat(241)}/CHEST`)).toMatch(/^refused: That is too long for a place/);
  expect(offered('NEW 9 Elm/che')).toEqual(['NEW 9 Elm/CHEST ']);
  expect(offered('NEW 9 Elm')).toEqual(['NEW 9 Elm/CHEST ', 'NEW 9 Elm/FALL ']);
  expect(offered('NEW 9 Elm/CHEST/')).toEqual([]);
  for (const line of ['NEW 9 Elm', 'NEW 9 Elm/CHST']) expect(run(line)).toMatch(/^needs\.nature: /);
});

it('is no word of a unit or of another call, and has nothing to do with the one that is selected', () => {
  for (const line of ['M36 NEW 9 Elm/CHEST', '0001 NEW 9 Elm/CHEST'])
    expect(ghost(line), line).toBe('refused: NEW opens another call, and stands first: NEW place/nature.');
  expect(ghost('NEW 9 Elm/CHEST', 'incident:k1')).toBe('New call: Chest pain, 9 Elm');
  expect(ghost('NEW M36/CHEST')).toBe('New call: Chest pain, M36');
});
