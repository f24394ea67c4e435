import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator, type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import { NO_REDIS, type TestRedis, testRedis } from '../../testing/redis.ts';
import { makeLimits } from '../identity/limits.ts';
import { openRedis } from '../redis.ts';
import { makeBudgets } from './budgets.ts';
import { type Counters, makeCounters } from './counters.ts';

let database: TestDatabase;
let redis: TestRedis | null = null;
const open: Redis[] = [];
beforeAll(async () => {
  database = await testDatabase();
  if (NO_REDIS === null) redis = await testRedis();
});
afterAll(async () => {
  for (const each of open) each.disconnect();
  await redis?.close();
  await database?.close();
});

/** The counters of one node, whose store is there; `said` what it told of it. */
async function node(over: 'redis' | 'postgres'): Promise<Counters & { readonly said: boolean[] }> {
  const said: boolean[] = [];
  const connection = over === 'redis' ? openRedis(redis?.url ?? '') : null;
  if (connection) {
    open.push(connection);
    await once(connection, 'ready');
  }
  const onAway = (away: boolean): void => void said.push(away);
  return { ...makeCounters({ redis: connection, pool: database.db.pool, clock: Date.now, onAway }), said };
}
const RULE = { points: 5, duration: 60 };

for (const over of ['redis', 'postgres'] as const) {
  describe.skipIf(over === 'redis' && NO_REDIS !== null)(`counted over ${over}`, () => {
    it('is one count for all nodes of a center', async () => {
      const [one, other] = [await node(over), await node(over)];
      const [a, b] = [one.counter(`shared-${over}`, RULE), other.counter(`shared-${over}`, RULE)];
      expect((await a.add('k', 2)).consumed).toBe(2);
      expect((await b.add('k', 3)).consumed).toBe(5);
      const last = await a.add('k', 1);
      expect(last.consumed).toBe(6);
      expect(last.resetMs).toBeGreaterThan(50_000);
      expect((await b.add('another', 1)).consumed).toBe(1);
      expect([...one.said, ...other.said]).toEqual([]);
    });

    it('is a budget that all nodes together keep to, within a moment', async () => {
      const made = async () => makeBudgets(await node(over), Date.now, 0.01);
      const [one, other] = [await made(), await made()];
      const address = `10.9.${over === 'redis' ? 1 : 2}.1`;
      let taken = 0;
      // 30 a minute at this scale, asked for at two nodes in turn.
      for (let i = 0; i < 90; i++) {
        const { spend } = i % 2 === 0 ? one : other;
        if (spend('open', { address })?.spent === false) taken++;
        await delay(20);
      }
      expect(taken).toBeGreaterThanOrEqual(30);
      // And what was asked for in the moment before they told each other. Each by itself would have given out 30.
      expect(taken).toBeLessThan(2 * 30);
      expect(one.spend('open', { address })?.spent).toBe(true);
      expect(other.spend('open', { address })?.spent).toBe(true);
      await Promise.all([one.stop(), other.stop()]);
    });
  });
}

describe('what the database counts', () => {
  it('is over in time also where the clock was ahead when it began', async () => {
    const counter = (await node('postgres')).counter('ahead', RULE);
    expect((await counter.add('k', 4)).consumed).toBe(4);
    await asMigrator(database, (client) =>
      client.query(`update identity.rate_limit set expire = expire + 3600000 where key = 'ahead:k'`),
    );
    const counted = await counter.add('k', 1);
    expect(counted.consumed).toBe(1);
    expect(counted.resetMs).toBeLessThanOrEqual(60_000);
  });
});

describe.skipIf(NO_REDIS !== null)('a store that goes away', () => {
  it('is told of, leaves each node its own count with the same bounds, and is used again when it is back (ASVS 16.5.2)', async () => {
    const counters = await node('redis');
    const counter = counters.counter('outage', RULE);
    expect((await counter.add('k', 4)).consumed).toBe(4);
    await redis?.kill();
    const began = performance.now();
    expect((await counter.add('k', 1)).consumed).toBe(1);
    expect(performance.now() - began).toBeLessThan(2_500);
    expect(counters.said).toEqual([true]);
    const quick = performance.now();
    for (let n = 2; n <= 7; n++) expect((await counter.add('k', 1)).consumed).toBe(n);
    // Left alone for a while, it costs nobody a wait.
    expect(performance.now() - quick).toBeLessThan(500);
    await redis?.start();
    const until = Date.now() + 20_000;
    while (counters.said.length < 2 && Date.now() < until) {
      await delay(300);
      await counter.add('k', 1);
    }
    expect(counters.said).toEqual([true, false]);
  });
});

describe('budgets', () => {
  const alone: Counters = { counter: () => ({ add: async (_key, points) => ({ consumed: points, resetMs: 60_000 }) }) };

  it('are kept by class and by who spends, and come back with their time', async () => {
    let now = 1_000_000;
    const budgets = makeBudgets(alone, () => now, 0.01);
    const ask = (of: 'read' | 'write' | 'emergency', account: string) => budgets.spend(of, { account });
    for (let i = 0; i < 30; i++) expect(ask('write', 'ann')?.spent).toBe(false);
    expect(ask('write', 'ann')).toMatchObject({ spent: true, remaining: 0, policy: 'write-account', quota: 30 });
    expect(ask('write', 'bob')?.spent).toBe(false);
    expect(ask('read', 'ann')?.spent).toBe(false);
    now += 61_000;
    expect(ask('write', 'ann')).toMatchObject({ spent: false, remaining: 29 });
    await budgets.stop();
  });

  it('come back with their time also where the clock is set back meanwhile: consoles were held up for hours', async () => {
    let now = 8 * 3_600_000;
    const budgets = makeBudgets(alone, () => now, 0.01);
    const ask = () => budgets.spend('write', { account: 'ann' });
    expect(ask()?.spent).toBe(false);
    now = 1_000;
    for (let minute = 0; minute < 3; minute++) {
      for (let i = 0; i < 25; i++) expect(ask()).toMatchObject({ spent: false });
      now += 61_000;
    }
    await budgets.stop();
  });

  it('count an IPv6 network as one, whose addresses its subscriber changes at will', async () => {
    const budgets = makeBudgets(alone, () => 1_000_000, 0.01);
    for (let i = 0; i < 30; i++) {
      expect(budgets.spend('open', { address: `2001:db8:1:2::${i.toString(16)}` })?.spent).toBe(false);
    }
    expect(budgets.spend('open', { address: '2001:db8:1:2:ffff::1' })?.spent).toBe(true);
    expect(budgets.spend('open', { address: '2001:db8:1:3::1' })?.spent).toBe(false);
    expect(budgets.spend('open', { address: '::ffff:192.0.2.1' })?.spent).toBe(false);
    await budgets.stop();
  });

  it('count it so at the doors where guesses could be made, too', async () => {
    const counts = new Map<string, number>();
    const counting: Counters = {
      counter: (name) => ({
        add: async (key, points) => {
          const consumed = (counts.get(`${name}|${key}`) ?? 0) + points;
          counts.set(`${name}|${key}`, consumed);
          return { consumed, resetMs: 60_000 };
        },
      }),
    };
    const limits = makeLimits(counting);
    for (let i = 0; i < 120; i++) {
      expect(await limits.take('sign-in address', `2001:db8:1:2::${i.toString(16)}`)).toBe(0);
    }
    expect(await limits.take('sign-in address', '2001:db8:1:2:ffff::1')).toBeGreaterThan(0);
    expect(await limits.take('sign-in address', '2001:db8:1:3::1')).toBe(0);
  });

  it('cost no question to a store: a decision takes microseconds', async () => {
    const budgets = makeBudgets(alone, Date.now, 1_000);
    const by = { address: '192.0.2.1', device: 'o|s', organisation: 'o' };
    const began = process.cpuUsage();
    for (let i = 0; i < 10_000; i++) budgets.spend('emergency', by);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 10_000).toBeLessThan(50);
    await budgets.stop();
  });
});

describe('at the doors of a center', () => {
  let center: TestCenter;
  beforeAll(async () => {
    center = await testCenter({ limitsScale: 0.01 });
  });
  afterAll(() => center?.close());

  it('says with every answer how the tightest budget stands, and when to come again once it is spent', async () => {
    const first = await center.call('GET', '/v1/sites', undefined, center.adminToken);
    expect(first.headers.get('ratelimit-policy')).toBe('"read-account";q=60;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"read-account";r=\d+;t=\d+$/);
    let last = first;
    for (let i = 0; i < 80 && last.status === 200; i++) {
      last = await center.call('GET', '/v1/sites', undefined, center.adminToken);
    }
    expect(last).toMatchObject({ status: 429, body: { code: 'limit.reached' } });
    expect(last.headers.get('ratelimit')).toMatch(/^"read-account";r=0;t=\d+$/);
    const wait = Number(last.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    // Another class of the same account is untouched by it.
    const write = await center.call('POST', `/v1/sites/${center.site}/enrolment-codes`, {}, center.adminToken);
    expect(write.status).toBe(200);
  });

  it('turns away who is not known before it looks at what they show', async () => {
    const ask = async (): Promise<number> => (await fetch(`${center.url}/v1/devices`)).status;
    const statuses: number[] = [];
    for (let i = 0; i < 320 && statuses.at(-1) !== 429; i++) statuses.push(await ask());
    expect(statuses[0]).toBe(401);
    expect(statuses.at(-1)).toBe(429);
    const { headers } = await fetch(`${center.url}/v1/web/session`);
    expect(headers.get('ratelimit-policy')).toBe('"read-address";q=300;w=60');
  });
});
