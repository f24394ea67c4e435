import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
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
import { answersTo } from './own-names.ts';
import { type Route, route } from './route.ts';
import { createHttp } from './server.ts';
import { certificate } from './testing/certificate.ts';

const random = (length: number): Uint8Array => randomBytes(length);

/** A center without a database, with one route that says from where it is asked. */
function center(settings: NetworkSettings, more: readonly Route[] = [], host = '127.0.0.1'): Promise<FastifyInstance> {
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
    isAnswered: answersTo({ network, host, certificate: () => null }),
    budgets: makeBudgets({ counter: () => ({ add: async () => ({ consumed: 0, resetMs: 60_000 }) }) }, Date.now),
    circumstancesOf: () => Promise.reject(new Error('nobody asks')),
    logger: createLogger('silent'),
    metrics: createMetrics(null, () => Promise.reject(new Error('nobody looks'))),
    clock: Date.now,
    random,
  });
}

const FORWARDED = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'c.example' };

it('takes the word of a listed proxy about who asks, and nobody else’s (ASVS 4.1.3, 15.3.4)', async () => {
  const closed = await center({});
  const open = await center({ trustedProxies: '127.0.0.0/8', publicUrl: 'https://c.example' });
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
  const local = { ...FORWARDED, 'x-forwarded-host': 'localhost' };
  for (const [settings, forwarded] of [
    [{ publicUrl: 'https://c.example' }, {}],
    [{ publicUrl: 'https://c.example', trustedProxies: 'loopback' }, FORWARDED],
    [{ trustedProxies: 'loopback' }, local],
  ] as const) {
    const { set } = await cookies(settings, { ...page, ...forwarded });
    expect(set.map((line) => line.split('=')[0])).toEqual([
      '__Host-qd-access',
      '__Secure-qd-refresh',
      '__Host-qd-csrf',
    ]);
    for (const line of set) expect(line).toMatch(/; Secure; .*SameSite=Strict$/);
  }
  expect((await cookies({ trustedProxies: 'loopback' }, { ...page, ...local })).hsts).toBe('max-age=31536000');
});

describe('the names that a center answers to', () => {
  const statusOf = async (app: FastifyInstance, host: string, url = '/v1/from', more = {}): Promise<string> => {
    const answer = await app.inject({ method: 'GET', url, headers: { host, ...more } });
    return `${answer.statusCode} ${answer.statusCode === 421 ? answer.json().code : ''}`.trim();
  };
  const REFUSED = '421 host.unknown';

  it('are those that it was given, at any port, and addresses; whoever points another at it gets nothing', async () => {
    const app = await center({ publicUrl: 'https://c.example, https://[fd00::5]:8443' }, [], '0.0.0.0');
    for (const host of [
      'c.example',
      'C.Example:8443',
      'localhost:8420',
      '10.1.2.3',
      '10.1.2.3:8420',
      '[fd00::5]:8443',
      '[::1]',
    ])
      expect([host, await statusOf(app, host)]).toEqual([host, '200']);
    for (const host of [
      'evil.example',
      'c.example.evil.example',
      'evil.example:8420',
      'xc.example',
      'c.example.',
      'c.example:8420:1',
      'c.example@evil.example',
      '10.1.2.3.evil.example',
      '[c.example]',
      '1',
      'c',
    ])
      expect([host, await statusOf(app, host)]).toEqual([host, REFUSED]);
    // Nor is the name read of whom the center does not trust to say it.
    expect(await statusOf(app, 'evil.example', '/v1/from', { 'x-forwarded-host': 'c.example' })).toBe(REFUSED);
    const proxied = await center({ publicUrl: 'https://c.example', trustedProxies: 'loopback' });
    expect(await statusOf(proxied, 'upstream:8420', '/v1/from', { 'x-forwarded-host': 'c.example' })).toBe('200');
    expect(await statusOf(proxied, 'c.example', '/v1/from', { 'x-forwarded-host': 'evil.example' })).toBe(REFUSED);
    // What is asked of a node by its own network's name for it: nothing there is, and everything else is refused.
    for (const url of ['/health', '/ready', '/metrics?a=b'])
      expect(await statusOf(app, 'node-2:8420', url)).toBe('404');
    for (const url of ['/healthy', '/health/x', '/v1/nothing'])
      expect(await statusOf(app, 'node-2', url)).toBe(REFUSED);
  });

  it('are, where nobody gave it any, those it listens at and of its certificate', async () => {
    // A page in a browser of this very machine, whose name was pointed at it, is somebody else's too.
    for (const own of ['127.0.0.1', '::1', 'localhost']) {
      const alone = await center({}, [], own);
      expect(await statusOf(alone, 'evil.example:8420')).toBe(REFUSED);
      for (const host of ['127.0.0.1:8420', 'localhost:8420', '[::1]:8420'])
        expect([host, await statusOf(alone, host)]).toEqual([host, '200']);
    }
    // A name that only a proxy's word brings is none that was given.
    const proxied = await center({ trustedProxies: 'loopback' });
    expect(await statusOf(proxied, 'localhost:8420', '/v1/from', { 'x-forwarded-host': 'evil.example' })).toBe(REFUSED);
    const heard = await center({}, [], '0.0.0.0');
    expect([await statusOf(heard, 'center.example'), await statusOf(heard, '10.0.0.5:8420')]).toEqual([REFUSED, '200']);
    const named = await center({}, [], 'center.example');
    expect([await statusOf(named, 'center.example:8420'), await statusOf(named, 'evil.example')]).toEqual([
      '200',
      REFUSED,
    ]);
    const folder = mkdtempSync(join(tmpdir(), 'qd-names-'));
    const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    const pem = await certificate('center', files);
    let shown = Buffer.from(pem);
    const isAnswered = answersTo({ network: networkOf(), host: '0.0.0.0', certificate: () => shown });
    expect(['id.example:8420', 'ID.example', 'x.id.example', 'center', ''].map(isAnswered)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    // One that was renewed has its own names, from then on.
    shown = Buffer.from(await certificate('center', files, 'moved.example'));
    rmSync(folder, { recursive: true });
    expect(['moved.example:8420', 'id.example:8420'].map(isAnswered)).toEqual([true, false]);
  });
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
  // No more than is read: a version and the id of a request stand in the body.
  expect(allowed.headers['access-control-allow-headers']).toBe(
    'authorization, content-type, content-encoding, dpop, qd-reason',
  );
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
