import { expect, it } from 'vitest';
import { READS } from '../../domain/modules.ts';
import { systemRandom } from '../../sealing/random.ts';
import { testSite } from '../store/testing/site.ts';
import { startSync } from './engine.ts';
import type { PeersPort } from './ports.ts';
import { systemTimers } from './system-timers.ts';
import { askedCenter } from './testing/asked-center.ts';

it('of a peer is what it says of itself: it speaks for no other workstation, whatever its message names', async () => {
  const site = testSite();
  const links: Parameters<PeersPort['on']>[0][] = [];
  const peers: PeersPort = {
    reach: () => undefined,
    send: () => true,
    isBusy: () => false,
    on: (events) => void links.push(events),
    close: async () => undefined,
  };
  const center = askedCenter({});
  const sync = startSync({
    ...{ store: site.open('a'), center, peers, timers: systemTimers, clock: () => site.now, random: systemRandom() },
    ...{ steady: () => performance.now(), build: 'test', reads: READS, lanAddress: '' },
  });
  const heard: string[] = [];
  sync.onPresence(({ station, name }) => void heard.push(`${name} at ${station}`));
  for (const station of ['a', 'b', 'c'])
    links[0]?.onMessage('b', {
      t: 'presence',
      presence: { station, position: 'Fire 1', name: 'Rosa', incident: null, field: null },
    });
  expect(heard).toEqual(['Rosa at b', 'Rosa at b', 'Rosa at b']);
  await sync.close();
});
