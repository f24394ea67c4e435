import { afterEach, expect, it } from 'vitest';
import type { Frame } from '../../domain/kernel/fact.ts';
import { newSigningKey, signerOf } from '../../sealing/signing.ts';
import { AUTHOR, incidentRef, testSite } from '../store/testing/site.ts';
import { type Lan, openLan } from './lan.ts';
import { createToPeers } from './outgoing.ts';
import { systemTimers } from './system-timers.ts';

const open: Lan[] = [];
afterEach(async () => {
  for (const lan of open.splice(0)) await lan.close();
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

it('a peer gets a backlog of an outage over one link, however long its disk takes for it', async () => {
  const site = testSite();
  const store = site.open('a');
  store.append([site.opened(incidentRef(site), '26-1')], AUTHOR);
  const [frame] = store.framesFrom(store.log(), 2, 1).frames as [Frame];
  // 60 MB of a log: each position with the bytes of one fact, and a body of the length of a long note.
  const many = 24_000;
  const at = (seq: number): Frame => ({
    ...frame,
    h: frame.h.replace(/"seq":\d+/, `"seq":${seq}`),
    b: 'b'.repeat(2_000),
  });
  const framesFrom: typeof store.framesFrom = (_, from, limit) => ({
    frames: Array.from({ length: Math.min(limit, many - from + 1) }, (__, n) => at(from + n)),
    keys: [],
  });
  const [mine, theirs] = [signerOf(newSigningKey()), signerOf(newSigningKey())];
  const listen = { host: '127.0.0.1', port: 0 };
  const [a, b] = [
    await openLan({ station: 'a', signer: mine, listen }),
    await openLan({ station: 'b', signer: theirs, listen }),
  ];
  open.push(a, b);
  const links = { up: 0, down: 0 };
  let took = 0;
  const toPeers = createToPeers({ ...store, framesFrom }, a, systemTimers);
  a.on({
    onUp: (station) => {
      links.up++;
      toPeers.frames(station, store.log(), 1, many);
    },
    onDown: (station) => {
      links.down++;
      toPeers.forget(station);
    },
    onMessage: () => undefined,
  });
  const stored = Promise.withResolvers<void>();
  b.on({
    onUp: () => undefined,
    onDown: () => undefined,
    onMessage: (_, message) => {
      const frames = message.t === 'frames' ? message.frames.length : 0;
      return stored.promise.then(() => {
        took += frames;
      });
    },
  });
  a.reach([{ station: 'b', key: theirs.publicKey, address: `127.0.0.1:${b.port}` }]);
  b.reach([{ station: 'a', key: mine.publicKey, address: '' }]);
  // Its disk takes nothing for a while.
  await pause(3_000);
  stored.resolve();
  await expect.poll(() => took + many * links.down, { timeout: 20_000, interval: 50 }).toBeGreaterThanOrEqual(many);
  expect(links).toEqual({ up: 1, down: 0 });
  expect(took).toBe(many);
}, 30_000);
