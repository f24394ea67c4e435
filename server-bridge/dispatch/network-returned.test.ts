import { afterEach, expect, it } from 'vitest';
import type { Reach } from './surroundings.ts';
import { type Desk, openDesk, SEAT } from './testing/desk.ts';

let desk: Desk;
afterEach(() => desk.close());

it('passes on that the network is back, from a seat at which nobody is signed in too, and once for all windows that say so', () => {
  let told = 0;
  let now = 1_000_000;
  const reach: Reach = {
    now: () => ({ center: 'unreachable', since: 0, refusal: null, peers: [], behind: 0 }),
    onChange: () => () => undefined,
    wake: () => undefined,
    networkReturned: () => {
      told += 1;
    },
    sendPresence: () => undefined,
    onPresence: () => () => undefined,
  };
  desk = openDesk({ reach, clock: () => now });
  const nobody = { ...SEAT, seat: 'another' };
  for (const who of [SEAT, nobody, SEAT])
    expect(desk.dispatch.call('network.returned', {}, who)).toMatchObject({ ok: true });
  expect(told).toBe(1);
  now += 60_000;
  desk.dispatch.call('network.returned', {}, SEAT);
  // Set back by an hour meanwhile.
  now -= 3_600_000;
  desk.dispatch.call('network.returned', {}, SEAT);
  expect(told).toBe(3);
});
