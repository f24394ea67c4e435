/** Times of the call itself, beside those of its units: which of both a line means. */
import { beforeEach, expect, it } from 'vitest';
import type { Console } from '../testing/memory-world.ts';
import { act } from '../testing/random-actions.ts';
import { atTwoCalls, callAt, typedAt } from '../testing/typed-lines.ts';

let at: Console;
const { choices, ghost, run } = typedAt(() => at);
const X = 'k1';

beforeEach(() => {
  at = atTwoCalls();
});

const row = () => callAt(at, X);

it('that stand are amended with a reason: when a call was answered is known from its opening', () => {
  const before = row()?.answeredAt;
  expect(run('T 0001 CALL 0359')).toMatch(/^time\.there: 26-K0001 call answered is .*Amend it, with a reason\./);
  expect(row()?.answeredAt).toBe(before);
  expect(run('T 0001 ENTRY 0359')).toBe('26-K0001 handed to dispatch 03:59:00 recorded');
  expect(choices('T 0001')).toEqual(['T 0001 CALL', 'T 0001 ENTRY']);
  for (const wrong of ['2599', '2460', '-1', '14:2', '1402Z', 'now'])
    expect(ghost(`T 0001 CALL ${wrong} log`), wrong).toMatch(/^refused: /);
});

it('that are struck say what stands: when a call was answered is known from its opening all the same', () => {
  const opened = row()?.answeredAt;
  run('T 0001 CALL 0359 telephone log');
  expect(row()?.answeredAt).not.toBe(opened);
  const said = run('T 0001 CALL - the log was of another call');
  expect(said).toMatch(/^26-K0001 call answered struck; \d\d:\d\d:\d\d, as it was opened, stands$/);
  expect(run('T 0001 CALL - the log was of another call')).toBe(`${said} already`);
  expect(row()?.answeredAt).toBe(opened);
  run('T 0001 ENTRY 0401');
  expect(run('T 0001 ENTRY - wrong call')).toBe('26-K0001 handed to dispatch struck');
});

it('are of the call also where a unit of it is named', () => {
  run('D M36 0001');
  expect(ghost('T M36 CALL 0359 telephone log')).toBe('Amend call answered of 26-K0001 to 03:59:00: telephone log');
  expect(run('T M36 CALL 0359 telephone log')).toBe('26-K0001 call answered amended to 03:59:00');
});

it('are not those of a unit: which one is asked, and no screen shows such a time of a call', () => {
  run('D M36 0001');
  expect(ghost('T 0001 OS 0359')).toBe('needs: Which unit was on scene on 26-K0001?');
  expect(choices('T 0001 OS 0359')).toEqual(['T M36 0001 OS 0359']);
  const of = `incident:${X}`;
  const run36 = `assignment:${X}.m36.0`;
  expect(act('time.record', { of, element: 'onScene', time: 1 }, at)).toMatchObject({
    refusal: { code: 'time.of_unit' },
  });
  expect(act('time.amend', { of: run36, element: 'psapCall', time: 1, reason: 'r' }, at)).toMatchObject({
    refusal: { code: 'time.of_call' },
  });
});
