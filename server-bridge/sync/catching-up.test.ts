import { createHook } from 'node:async_hooks';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { systemRandom } from '../../sealing/random.ts';
import { incidentRef, testCenter, testSite } from '../store/testing/site.ts';
import { startSync } from './engine.ts';
import { createHttp } from './http.ts';
import { type CenterPort, SyncFailure } from './ports.ts';
import { systemTimers } from './system-timers.ts';
import { askedCenter } from './testing/asked-center.ts';

const UNASKED = new SyncFailure('refused', 'It was not asked for here.');

/**
 * What a station that is 2,501 items behind asks for and takes, in order. `live`: where a page of the rest comes on the live
 * channel, as soon as the first page is asked for.
 */
async function catchUp(live: number | null): Promise<readonly string[]> {
  const site = testSite();
  const numbered = testCenter(site);
  const author = site.open('a');
  const drafts = Array.from({ length: 2_500 }, (_, n) => site.opened(incidentRef(site), `26-${n}`));
  author.append(drafts, { position: null, session: null, by: null });
  numbered.push(author);
  const store = site.open('b');
  store.beginEpoch(numbered.epoch);
  const head = numbered.page(0, 5_000).items.length;
  const did: string[] = [];
  let channel: Parameters<CenterPort['live']>[0] | null = null;
  const center = askedCenter(
    {
      hello: async () => ({
        ...{ epoch: numbered.epoch, head, wants: [], siteKeys: [...site.siteKeys], emit: [], now: site.now },
        roster: site.roster(),
      }),
      pull: async (_, after, limit) => {
        did.push(`asked ${after}`);
        if (live !== null && did.length === 1) {
          await Promise.resolve();
          channel?.onUp();
          channel?.onPage(numbered.page(live, 1_000));
        }
        return numbered.page(after, limit);
      },
      live: (events) => {
        channel = events;
        return { close: () => undefined, presence: () => undefined };
      },
    },
    UNASKED,
  );
  const sync = startSync({
    store: {
      ...store,
      applyPage: (page) => {
        did.push(`taken ${page.from}`);
        return store.applyPage(page);
      },
    },
    ...{ center, peers: null, timers: systemTimers, clock: () => site.now, steady: () => performance.now() },
    ...{ random: systemRandom(), build: 'test', reads: [], lanAddress: '' },
  });
  while (store.cursor()?.n !== head) await new Promise((resolve) => setTimeout(resolve, 2));
  await sync.close();
  return did;
}

it('asks for the next page before it takes any of the one that came', async () => {
  const did = await catchUp(null);
  expect(did.indexOf('taken 0')).toBeGreaterThan(did.indexOf('asked 1000'));
  expect(did.indexOf('taken 1000')).toBeGreaterThan(did.indexOf('asked 2000'));
});

it('takes what came live meanwhile when it has come to it, and asks for no more than lies before', async () => {
  const did = await catchUp(1_700);
  // On a machine that is slow enough it looks again whether there is more.
  const asked = did.filter((what) => what.startsWith('asked') && what !== 'asked 2501');
  expect(asked).toEqual(['asked 0', 'asked 1000']);
  expect(did).toContain('taken 1700');
});

it('takes a page that the live channel brings while it is being opened', async () => {
  const site = testSite();
  const numbered = testCenter(site);
  const author = site.open('a');
  author.append([site.opened(incidentRef(site), '26-1')], { position: null, session: null, by: null });
  const store = site.open('b');
  store.beginEpoch(numbered.epoch);
  const center = askedCenter(
    {
      hello: async () => ({
        ...{ epoch: numbered.epoch, head: 0, wants: [], siteKeys: [...site.siteKeys], emit: [], now: site.now },
        roster: site.roster(),
      }),
      pull: async (_, after) => ({ ...numbered.page(after), items: [], head: after }),
      live: (events) => {
        events.onUp();
        numbered.push(author);
        events.onPage(numbered.page(0));
        return { close: () => undefined, presence: () => undefined };
      },
    },
    UNASKED,
  );
  const sync = startSync({
    ...{ store, center, peers: null, timers: systemTimers, clock: () => site.now, steady: () => performance.now() },
    ...{ random: systemRandom(), build: 'test', reads: [], lanAddress: '' },
  });
  try {
    await expect.poll(() => store.cursor()?.n, { timeout: 1_000 }).toBe(2);
  } finally {
    await sync.close();
  }
});

it('is behind by nothing once a page that came live is taken, though nothing else happens', async () => {
  const site = testSite();
  const numbered = testCenter(site);
  const author = site.open('a');
  const store = site.open('b');
  store.beginEpoch(numbered.epoch);
  const channels: Parameters<CenterPort['live']>[0][] = [];
  const center = askedCenter(
    {
      hello: async () => ({
        ...{ epoch: numbered.epoch, head: 0, wants: [], siteKeys: [...site.siteKeys], emit: [], now: site.now },
        roster: site.roster(),
      }),
      pull: async (_, after) => numbered.page(after),
      live: (events) => {
        channels.push(events);
        events.onUp();
        return { close: () => undefined, presence: () => undefined };
      },
    },
    UNASKED,
  );
  const sync = startSync({
    ...{ store, center, peers: null, timers: systemTimers, clock: () => site.now, steady: () => performance.now() },
    ...{ random: systemRandom(), build: 'test', reads: [], lanAddress: '' },
  });
  try {
    await expect.poll(() => sync.now().center).toBe('reached');
    await new Promise((resolve) => setTimeout(resolve, 50));
    author.append([site.opened(incidentRef(site), '26-1')], { position: null, session: null, by: null });
    numbered.push(author);
    channels[0]?.onPage(numbered.page(0));
    await expect.poll(() => store.cursor()?.n, { timeout: 1_000 }).toBe(2);
    expect(sync.now().behind).toBe(0);
  } finally {
    await sync.close();
  }
});

it('packs and expands a page in one go, where each step would wait for a slice', async () => {
  const page = {
    frames: Array.from({ length: 8_000 }, (_, n) => `${n} ${Buffer.from(systemRandom()(64)).toString('hex')}`),
  };
  const packed = gzipSync(JSON.stringify(page), { level: 1 });
  const server = createServer((request, reply) => {
    request.resume();
    request.on('end', () => reply.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    proof: () => 'proof',
    heard: () => undefined,
  });
  const threads = new Set<number>();
  let steps = 0;
  const watch = createHook({
    init: (id, type) => void (type === 'ZLIB' && threads.add(id)),
    before: (id) => void (threads.has(id) && steps++),
  }).enable();
  try {
    const answer = z.strictObject({ frames: z.array(z.string()) });
    const read = await http.call({ method: 'POST', path: '/', body: page, answer, takes: 'work' });
    expect(read).toEqual(page);
  } finally {
    watch.disable();
    await http.close();
    server.close();
  }
  expect(threads.size).toBe(2);
  expect(steps).toBeLessThanOrEqual(4);
});

it('is told that an answer is too large where it is so once it is expanded: to ask for it again would be of no use', async () => {
  const packed = gzipSync(Buffer.alloc(128_000_001, ' '), { level: 1 });
  const server = createServer((_, reply) => void reply.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const http = createHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    proof: () => 'proof',
    heard: () => undefined,
  });
  try {
    const asked = http.call({ method: 'GET', path: '/', answer: z.unknown(), takes: 'work' });
    await expect(asked).rejects.toMatchObject({ kind: 'refused', message: 'The center’s answer is too large.' });
  } finally {
    await http.close();
    server.close();
  }
});
