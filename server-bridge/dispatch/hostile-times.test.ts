/** Moments that no clock can show, in authentic facts of a workstation that is not in its right mind. */
import { expect, it } from 'vitest';
import type { EntityRef } from '../../domain/kernel/ids.ts';
import type { Json } from '../../domain/kernel/json.ts';
import { checkCall } from '../bridge/door.ts';
import { AUTHOR } from '../store/testing/site.ts';
import { openDesk, SEAT } from './testing/desk.ts';

it.each([Number.MAX_SAFE_INTEGER, -1])('are not entered at a window: %d', (time) => {
  const of = { of: 'incident:x', element: 'onScene' };
  for (const call of [
    checkCall('time.record', { ...of, time }),
    checkCall('time.amend', { ...of, time, reason: 'none' }),
    checkCall('incident.hold', { incident: 'x', held: true, until: time }),
    checkCall('incident.note', { incident: 'x', text: 'x', at: time }),
  ])
    expect(call).toMatchObject({
      ok: false,
      refusal: { code: 'field.invalid', field: expect.stringMatching(/^(time|until|at)$/) },
    });
});

it('keep no board, incident or history from being shown', async () => {
  const desk = openDesk();
  const ref: EntityRef = 'incident:hostile';
  const say = (at: number, type: string, body: Json): void =>
    void desk.store.append([{ type, v: 1, at, about: [ref], replaces: [], body }], AUTHOR);
  for (const at of [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 8_640_000_000_000_000]) {
    say(at, 'incident.opened', { number: '26-1', answeredAt: at, source: 'call' });
    say(at, 'incident.held', { held: true, until: at });
    say(at, 'time.recorded', { element: 'dispatchNotified', at });
    say(at, 'time.amended', { element: 'dispatchNotified', at, reason: 'none' });
  }
  const board = desk.watch('board');
  const row = board.state().incidents?.hostile as { readonly conflicts: readonly { readonly register: string }[] };
  expect(row.conflicts.map(({ register }) => register)).toContain('hold');
  const timeline = (topic: string) => Object.values(desk.watch(topic).state().timeline ?? {});
  expect(timeline('incident:hostile')).toHaveLength(12);
  expect(timeline('history:hostile')).toHaveLength(12);
  const opened = await desk.dispatch.call('incident.open', { location: { text: '1 Main St' }, source: 'call' }, SEAT);
  expect(opened).toMatchObject({ ok: true });
  expect(Object.keys(board.state().incidents ?? {})).toHaveLength(2);
  desk.close();
});
