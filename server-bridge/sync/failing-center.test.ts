/** A center that answers greetings and fails at the rest, and a disk here that is full for a while. */
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { READS } from '../../domain/modules.ts';
import { rosterText } from '../../domain/wire/sync.ts';
import type { OpenStore } from '../store/open.ts';
import { StoreFailure } from '../store/state.ts';
import { AUTHOR, incidentRef, type TestSite, testCenter, testSite } from '../store/testing/site.ts';
import { type Sync, startSync } from './engine.ts';
import { type CenterPort, SyncFailure } from './ports.ts';
import { systemTimers } from './system-timers.ts';
import { askedCenter } from './testing/asked-center.ts';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const fails = () => Promise.reject(new SyncFailure('unreachable', 'The center answered 500.', 500));
const refuses = () => Promise.reject(new SyncFailure('refused', 'There is none.', 404));

/** Takes nothing but greetings unless `over` says otherwise; counts what it is asked. */
function centerOf(site: TestSite, store: OpenStore, over: Partial<CenterPort> = {}, head = 0) {
  const asked = { hello: 0, push: 0, pull: 0, request: 0 };
  const { sig: _, ...unsigned } = site.roster();
  const roster = { ...unsigned, sig: site.center.sign(rosterText(unsigned)) };
  const counted = <K extends keyof typeof asked>(what: K, answer: CenterPort[K]): CenterPort[K] =>
    ((...args: never[]) => {
      asked[what]++;
      return (answer as (...of: never[]) => unknown)(...args);
    }) as CenterPort[K];
  const port = askedCenter({
    snapshot: refuses,
    entity: refuses,
    live: ({ onUp }) => {
      const opening = setTimeout(onUp, 1);
      return { close: () => clearTimeout(opening), presence: () => undefined };
    },
    ...over,
    push: counted('push', over.push ?? fails),
    request: counted('request', over.request ?? fails),
    pull: counted('pull', over.pull ?? (async (_epoch, after) => testCenter(site).page(after))),
    hello: counted('hello', async () => {
      // A turn of the loop, as an answer over a wire takes: without it a loop of questions would let no timer run.
      await pause(2);
      return {
        epoch: 'e1',
        head,
        wants: store.held().map(({ log }) => ({ log, from: 1 })),
        roster,
        siteKeys: [...site.siteKeys],
        emit: [...READS],
        older: [],
        now: site.now,
      };
    }),
  });
  return { port, asked };
}

let running: Sync | null = null;
afterEach(async () => {
  await running?.close();
  running = null;
});
function started(store: Parameters<typeof startSync>[0]['store'], center: CenterPort): Sync {
  running = startSync({
    store,
    center,
    peers: null,
    timers: systemTimers,
    clock: Date.now,
    steady: () => performance.now(),
    random: (length) => randomBytes(length),
    build: 'test',
    reads: READS,
    lanAddress: '',
  });
  return running;
}

describe('a center that answers greetings and nothing else', () => {
  it.each<[string, Partial<CenterPort>]>([
    ['pushes', {}],
    ['pulls', { pull: fails, push: refuses, request: refuses }],
    ['pages that are not read here', { pull: refuses, push: refuses, request: refuses }],
  ])('is asked no faster than one that is not there: it fails at %s', async (_, over) => {
    const site = testSite();
    const store = site.open('a');
    store.append([site.opened(incidentRef(site), '26-1')], AUTHOR);
    const { port, asked } = centerOf(site, store, over, 5);
    started(store, port);
    await pause(1_500);
    // Waits of 0.1, 0.2, 0.4, 0.8 s, each halved at most, with a greeting and a try at each end.
    expect(asked.hello).toBeLessThan(16);
    expect(asked.push + asked.pull + asked.request).toBeLessThan(40);
    expect(asked.hello).toBeGreaterThan(2);
  });
});

it('a disk that was full while another epoch began is tried again, and nothing waits for ever', async () => {
  const site = testSite();
  const store = site.open('a');
  const { port } = centerOf(site, store, {
    push: async () => ({ epoch: 'e1', acks: [], problems: [] }),
    request: refuses,
  });
  let full = true;
  const sync = started(
    {
      ...store,
      beginEpoch: (epoch) => {
        if (full) throw new StoreFailure('disk full');
        store.beginEpoch(epoch);
      },
    },
    port,
  );
  await pause(50);
  expect(store.cursor()).toBeNull();
  expect(sync.state().center).toBe('down');
  full = false;
  sync.networkReturned();
  await vi.waitFor(() => expect([store.cursor()?.epoch, sync.state().live]).toEqual(['e1', 'up']), 3_000);
});

it('a disk that was full is given the next page within a second of having space, however many more there are', async () => {
  const site = testSite();
  const numbered = testCenter(site, 'e1');
  const author = site.open('a');
  author.append(
    Array.from({ length: 400 }, (_, n) => site.opened(incidentRef(site), `26-${n}`)),
    AUTHOR,
  );
  numbered.push(author);
  const store = site.open('b');
  const { head } = numbered.page(0);
  const pull: CenterPort['pull'] = async (_, after, limit) => {
    await pause(1);
    return numbered.page(after, Math.min(limit, 100));
  };
  const { port, asked } = centerOf(site, store, { pull, push: refuses, request: refuses }, head);
  let full = true;
  const applyPage: OpenStore['applyPage'] = (page) => {
    // One that is not next is seen to be so before anything is written.
    if (full && page.from === (store.cursor()?.n ?? 0)) throw new StoreFailure('disk full');
    return store.applyPage(page);
  };
  started({ ...store, applyPage }, port);
  await pause(1_500);
  expect(asked.pull).toBeLessThan(12);
  full = false;
  // Not with the next look at the center, which is seconds away while the live channel stands.
  await vi.waitFor(() => expect(store.cursor()?.n).toBeGreaterThan(0), 4_000);
  await vi.waitFor(() => expect(store.cursor()?.n).toBe(head), 20_000);
}, 40_000);

it('a request whose answer a full disk did not take waits until it takes something, and is not sent before', async () => {
  const site = testSite();
  let full = false;
  const store = site.open('a', {
    onWrite: () => {
      if (full) throw Object.assign(new Error('no room'), { code: 'SQLITE_FULL' });
    },
  });
  const made = { id: 'r1', kind: 'record.put', session: null, by: null, madeAt: 1, input: {} };
  store.putRequest(made, null);
  const decision = { verdict: 'ALLOW' as const, rules: [], next: [] };
  let sent = 0;
  const { port } = centerOf(site, store, {
    push: refuses,
    request: async ({ id }) => {
      if (id !== 'r1') return refuses();
      full = sent++ === 0;
      return { id, state: 'accepted', decision, result: null };
    },
  });
  started(store, port);
  await vi.waitFor(() => expect(full).toBe(true), 3_000);
  await pause(2_500);
  expect([sent, store.refuses()]).toEqual([1, 'disk full']);
  full = false;
  // Though nothing else happens.
  await vi.waitFor(() => expect(store.requests(['accepted']).map(({ id }) => id)).toContain('r1'), 3_000);
  expect(sent).toBe(2);
});
