import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { CenterFailure } from '../db/failure.ts';
import { keeperFailure } from '../keys/keeper.ts';
import { makeBudgets } from '../limits/budgets.ts';
import { createLogger } from '../log.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { makeCsrf } from './csrf.ts';
import { makeDoor } from './door.ts';
import { makeDpop, seenHere } from './dpop.ts';
import { isOwnPage, type NetworkSettings, networkOf } from './network.ts';
import { type Route, route } from './route.ts';
import { createHttp } from './server.ts';

const random = (length: number): Uint8Array => randomBytes(length);

/** A center without a database, with one route that says from where it is asked. */
function center(settings: NetworkSettings, more: readonly Route[] = []): Promise<FastifyInstance> {
  const network = networkOf(settings);
  const csrf = makeCsrf(random(32), random);
  const dpop = makeDpop({ key: random(32), seen: seenHere(Date.now), clock: Date.now, network });
  const bearers = { deviceOf: async () => null, userOf: async () => null, stands: async () => false };
  const asked = route({
    method: 'GET',
    path: '/v1/from',
    title: 'From where',
    access: 'public',
    output: z.strictObject({ address: z.string() }),
    handler: async ({ address }) => ({ address }),
  });
  const signIn = route({
    method: 'POST',
    path: '/v1/web/sessions',
    title: 'Sign in',
    access: 'browser',
    output: z.strictObject({}),
    handler: async ({ caller }) => {
      caller.keep({ session: 's', accessToken: 'a', refreshToken: 'r' });
      return {};
    },
  });
  return createHttp({
    tls: null,
    routes: [asked, signIn, ...more],
    door: makeDoor({ bearers, csrf, dpop, network, isOperator: () => false, isScraper: () => false }),
    network,
    budgets: makeBudgets({ counter: () => ({ add: async () => ({ consumed: 0, resetMs: 60_000 }) }) }, Date.now),
    circumstancesOf: () => Promise.reject(new Error('nobody asks')),
    logger: createLogger('silent'),
    metrics: createMetrics(null, () => Promise.reject(new Error('nobody looks'))),
    random,
  });
}

const FORWARDED = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'c.example' };

it('takes the word of a listed proxy about who asks, and nobody else’s (ASVS 4.1.3, 15.3.4)', async () => {
  const closed = await center({});
  const open = await center({ trustedProxies: '127.0.0.0/8' });
  const elsewhere = await center({ trustedProxies: '10.0.0.0/8' });
  const from = async (app: FastifyInstance) =>
    (await app.inject({ method: 'GET', url: '/v1/from', headers: FORWARDED })).json();
  expect(await from(closed)).toEqual({ address: '127.0.0.1' });
  expect(await from(elsewhere)).toEqual({ address: '127.0.0.1' });
  expect(await from(open)).toEqual({ address: '203.0.113.9' });
});

it('marks cookies for https alone where it is reached over https, and says so for a year (ASVS 3.3.1, 3.3.3, 3.4.1)', async () => {
  const page = { 'sec-fetch-site': 'same-origin' };
  const cookies = async (settings: NetworkSettings, headers: Record<string, string>) => {
    const app = await center(settings);
    const answer = await app.inject({ method: 'POST', url: '/v1/web/sessions', headers, payload: {} });
    expect(answer.statusCode).toBe(200);
    return { set: answer.headers['set-cookie'] as string[], hsts: answer.headers['strict-transport-security'] };
  };
  const plain = await cookies({}, page);
  expect(plain.set.map((line) => line.split('=')[0])).toEqual(['qd-access', 'qd-refresh', 'qd-csrf']);
  expect(plain.hsts).toBeUndefined();
  for (const settings of [{ publicUrl: 'https://c.example' }, { trustedProxies: 'loopback' }]) {
    const { set } = await cookies(settings, { ...page, ...FORWARDED });
    expect(set.map((line) => line.split('=')[0])).toEqual([
      '__Host-qd-access',
      '__Secure-qd-refresh',
      '__Host-qd-csrf',
    ]);
    for (const line of set) expect(line).toMatch(/; Secure; .*SameSite=Strict$/);
  }
  expect((await cookies({ trustedProxies: 'loopback' }, { ...page, ...FORWARDED })).hsts).toBe('max-age=31536000');
});

it('knows a page of its own by what a browser alone can say', () => {
  const network = networkOf({ publicUrl: 'https://c.example, http://10.0.0.5:8420' });
  const own = 'http://127.0.0.1:8420';
  expect(isOwnPage({ 'sec-fetch-site': 'same-origin' }, own, network)).toBe(true);
  expect(isOwnPage({ 'sec-fetch-site': 'same-site', origin: 'https://c.example' }, own, network)).toBe(false);
  expect(isOwnPage({ 'sec-fetch-site': 'cross-site' }, own, network)).toBe(false);
  expect(isOwnPage({ 'sec-fetch-site': 'none' }, own, network)).toBe(false);
  expect(isOwnPage({ origin: 'http://10.0.0.5:8420' }, own, network)).toBe(true);
  expect(isOwnPage({ origin: own }, own, network)).toBe(false);
  expect(isOwnPage({ origin: own }, own, networkOf())).toBe(true);
  expect(isOwnPage({ origin: 'null' }, own, networkOf())).toBe(false);
  expect(isOwnPage({}, own, networkOf())).toBe(false);
});

it('is closed to pages of other sites, but for those that are listed, and for those without cookies (ASVS 3.4.2)', async () => {
  const preflight = (app: FastifyInstance, origin: string) =>
    app.inject({
      method: 'OPTIONS',
      url: '/v1/from',
      headers: { origin, 'access-control-request-method': 'GET' },
    });
  const closed = await center({});
  const refused = await preflight(closed, 'https://evil.example');
  expect(refused.statusCode).toBe(403);
  expect(refused.headers['access-control-allow-origin']).toBeUndefined();
  const read = await closed.inject({ method: 'GET', url: '/v1/from', headers: { origin: 'https://evil.example' } });
  expect(Object.keys(read.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);

  const open = await center({ corsOrigins: 'https://reports.example' });
  expect((await preflight(open, 'https://evil.example')).statusCode).toBe(403);
  const allowed = await preflight(open, 'https://reports.example');
  expect(allowed.statusCode).toBe(204);
  expect(allowed.headers['access-control-allow-origin']).toBe('https://reports.example');
  const answer = await open.inject({ method: 'GET', url: '/v1/from', headers: { origin: 'https://reports.example' } });
  expect(answer.headers['access-control-allow-origin']).toBe('https://reports.example');
  expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
  expect(answer.headers.vary).toContain('origin');
});

it('refuses settings that it cannot read, naming them', () => {
  for (const publicUrl of ['center.example', 'ftp://c.example', 'https://c.example/path', 'https://u@c.example']) {
    expect(() => networkOf({ publicUrl })).toThrow(/QD_PUBLIC_URL/);
  }
  for (const trustedProxies of ['proxy.example', '10.0.0.0/33', '10.0.0.0/8/8', '::1/129', 'everyone']) {
    expect(() => networkOf({ trustedProxies })).toThrow(/QD_TRUSTED_PROXIES/);
  }
  expect(networkOf({ trustedProxies: '10.0.0.5, fd00::/8,loopback' }).trustedProxies).toHaveLength(3);
  expect(() => networkOf({ corsOrigins: '*' })).toThrow(/QD_CORS_ORIGINS/);
});

it('says that the keeper of the key is in the way as that, to be tried again, and a damaged key as a fault', async () => {
  const failing = (path: `/v1/${string}`, error: Error): Route =>
    route({
      method: 'GET',
      path,
      title: 'Fails',
      access: 'public',
      output: z.strictObject({}),
      handler: () => Promise.reject(error),
    });
  const denied = keeperFailure('denied', { keeper: 'Vault', key: 'k-of-the-center', said: '403' });
  const app = await center({}, [
    failing('/v1/denied', denied),
    failing('/v1/damaged', new CenterFailure('key.damaged', 'x')),
  ]);
  const away = await app.inject({ method: 'GET', url: '/v1/denied' });
  expect([away.statusCode, away.headers['retry-after'], away.json().code]).toEqual([503, '5', 'keys.away']);
  expect(away.body).not.toContain('k-of-the-center');
  expect((await app.inject({ method: 'GET', url: '/v1/damaged' })).statusCode).toBe(500);
});
