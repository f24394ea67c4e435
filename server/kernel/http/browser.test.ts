import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEMO_ADMIN, DEMO_PASSWORD } from '../../modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';

let center: TestCenter;
/** Behind a proxy that ends TLS, with the limits that ship. */
let proxied: TestCenter;
let pages: string;
const logged: string[] = [];

beforeAll(async () => {
  pages = mkdtempSync(join(tmpdir(), 'qd-pages-'));
  mkdirSync(join(pages, 'assets'));
  writeFileSync(join(pages, 'center.html'), '<!doctype html><title>Center</title>');
  writeFileSync(join(pages, 'assets', 'center-1a2b.js'), 'export {};');
  writeFileSync(join(pages, 'secret.txt'), 'not listed');
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) });
  center = await testCenter({ pages, log });
  proxied = await testCenter({ pages, limitsScale: 1, network: { trustedProxies: 'loopback' } });
});
afterAll(async () => {
  await center?.close();
  await proxied?.close();
  rmSync(pages, { recursive: true, force: true });
});

/** A browser that has loaded the center's page: it keeps cookies as one does, and says that it is the page that asks. */
function browser() {
  const jar = new Map<string, { value: string; path: string }>();
  const ask = async (method: string, path: string, more: { body?: object; headers?: Record<string, string> } = {}) => {
    const cookie = [...jar]
      .filter(([, { path: under }]) => path.startsWith(under))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
    const response = await fetch(`${center.url}${path}`, {
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(cookie ? { cookie } : {}),
        ...(more.body ? { 'content-type': 'application/json' } : {}),
        ...more.headers,
      },
      ...(more.body ? { body: JSON.stringify(more.body) } : {}),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split('; ');
      const at = pair.indexOf('=');
      const under = attributes.find((attribute) => attribute.startsWith('Path='))?.slice(5) ?? '/';
      if (attributes.includes('Max-Age=0')) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), { value: pair.slice(at + 1), path: under });
    }
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
  };
  return {
    jar,
    ask,
    csrf: () => ({ 'qd-csrf': jar.get('qd-csrf')?.value ?? '' }),
    signIn: (headers: Record<string, string> = {}) =>
      ask('POST', '/v1/web/sessions', { body: { user: DEMO_ADMIN, password: DEMO_PASSWORD }, headers }),
  };
}

async function signedIn() {
  const it = browser();
  expect((await it.signIn()).status).toBe(200);
  return it;
}

describe('the center’s own page', () => {
  it('is served at every address that is not the API’s, and never kept (ASVS 14.3.2)', async () => {
    for (const path of ['/', '/people', '/people/ann']) {
      const response = await fetch(`${center.url}${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(await response.text()).toContain('<title>Center</title>');
    }
    expect((await fetch(`${center.url}/v1/nothing`)).status).toBe(404);
    expect((await fetch(`${center.url}/assets/none.js`)).status).toBe(404);
    expect((await fetch(`${center.url}/secret.txt`)).status).toBe(404);
    expect((await fetch(`${center.url}/assets/..%2f..%2fcenter.ts`)).status).toBe(404);
  });

  it('comes with a policy that runs nothing but its own files (ASVS 3.4.3, 3.4.4, 3.4.6, 3.4.8, 14.2.3)', async () => {
    const { headers } = await fetch(`${center.url}/`);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    // Nothing of a page is sent anywhere but here.
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("form-action 'none'");
    expect(policy).not.toMatch(/unsafe-|\*|https?:/);
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
  });

  it('has its browser say what the policy stopped, by the way that the browser goes by where it came from (ASVS 3.4.7)', async () => {
    const sent = async (headers: Record<string, string> = {}) =>
      (await fetch(`${proxied.url}/people`, { headers })).headers;
    const clear = await sent();
    expect(clear.get('content-security-policy')).toMatch(/; report-uri \/v1\/csp-reports$/);
    expect(clear.get('reporting-endpoints')).toBeNull();
    const https = await sent({ 'x-forwarded-proto': 'https' });
    expect(https.get('content-security-policy')).toMatch(/; report-uri \/v1\/csp-reports; report-to policy$/);
    expect(https.get('reporting-endpoints')).toBe('policy="/v1/csp-reports"');
  });

  it('is reported about by browsers alone, in little, and not without end (ASVS 3.4.7)', async () => {
    const report = JSON.stringify({
      'csp-report': { 'document-uri': `${center.url}/`, 'effective-directive': 'img-src', 'blocked-uri': 'data' },
    });
    const send = async (body: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${proxied.url}/v1/csp-reports`, {
        method: 'POST',
        headers: { 'content-type': 'application/csp-report', ...headers },
        body,
      });
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    expect(await send(report)).toEqual([200, undefined]);
    expect(await send(report, { 'sec-fetch-site': 'cross-site' })).toEqual([403, 'page.foreign']);
    for (const type of ['application/json', 'text/plain'])
      expect(await send(report, { 'content-type': type })).toEqual([415, 'body.type']);
    expect(await send(report, { 'content-encoding': 'gzip' })).toEqual([200, undefined]);
    for (const body of ['', '{', 'null', '7', '{"csp-report":{}}', '\u0000'])
      expect([body, ...(await send(body))]).toEqual([body, 400, 'report.invalid']);
    expect(await send(`${report}${' '.repeat(20_000)}`)).toEqual([413, 'body.large']);
    const codes = new Set<string | undefined>();
    for (let n = 0; n < 60; n++) codes.add(String((await send(report))[1]));
    expect([...codes]).toEqual(['undefined', 'limit.reached']);
    // One caller's flood is not another's.
    expect(await send(report, { 'x-forwarded-for': '198.51.100.7' })).toEqual([200, undefined]);
  });

  it('has its hashed files kept for good, and answers of the API never (ASVS 14.2.5)', async () => {
    const file = await fetch(`${center.url}/assets/center-1a2b.js`);
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    for (const path of ['/health', '/v1/sites', '/v1/nothing']) {
      const answer = await fetch(`${center.url}${path}`);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; frame-ancestors 'none'/);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('says what to do where it is not built', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'qd-no-pages-'));
    const bare = await testCenter({ pages: empty, demo: true });
    const answer = await bare.call('GET', '/');
    expect(answer).toMatchObject({ status: 404, body: { code: 'page.unbuilt' } });
    await bare.close();
    rmSync(empty, { recursive: true, force: true });
  });
});

describe('signing in at it', () => {
  it('puts the tokens into cookies that scripts cannot read, and into nothing else (ASVS 3.3.2, 3.3.4, 3.3.5, 10.1.1)', async () => {
    const page = browser();
    const { status, headers, body } = await page.signIn();
    expect(status).toBe(200);
    expect(headers.getSetCookie().map((line) => line.replace(/=[^;]+;/, '=…;'))).toEqual([
      'qd-access=…; Path=/; HttpOnly; SameSite=Strict',
      'qd-refresh=…; Path=/v1/web; HttpOnly; SameSite=Strict',
      'qd-csrf=…; Path=/; SameSite=Strict',
    ]);
    // Well below what every browser keeps (RFC 6265, 6.1).
    for (const line of headers.getSetCookie()) expect((line.split(';')[0] ?? '').length).toBeLessThan(2_048);
    expect(Object.keys(body).sort()).toEqual(['accessExpiresAt', 'name', 'roles', 'session', 'user']);
    const who = await page.ask('GET', '/v1/web/session');
    expect(who).toMatchObject({ status: 200, body: { login: DEMO_ADMIN, session: body.session, roles: ['admin'] } });
  });

  it('is refused to whoever is not a page of the center’s own, and to a browser that cannot say so (ASVS 3.5.2, 3.7.5)', async () => {
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ]) {
      const answer = await browser().signIn(headers);
      expect(answer).toMatchObject({ status: 403, body: { code: 'page.foreign' } });
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    const body = JSON.stringify({ user: DEMO_ADMIN, password: DEMO_PASSWORD });
    const plain = (origin?: string) =>
      fetch(`${center.url}/v1/web/sessions`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...(origin ? { origin } : {}) },
      });
    expect((await plain()).status).toBe(403);
    expect((await plain('https://evil.example')).status).toBe(403);
    expect((await plain('null')).status).toBe(403);
    expect((await plain(center.url)).status).toBe(200);
  });

  it('leaves no earlier session of the same browser behind (ASVS 7.2.4)', async () => {
    const page = await signedIn();
    const before = browser();
    for (const [name, cookie] of page.jar) before.jar.set(name, cookie);
    await page.signIn();
    const gone = await before.ask('POST', '/v1/web/refresh', { body: {}, headers: before.csrf() });
    expect(gone).toMatchObject({ status: 401, body: { code: 'session.ended' } });
    expect((await page.ask('POST', '/v1/web/refresh', { body: {}, headers: page.csrf() })).status).toBe(200);
  });
});

describe('a call by cookie', () => {
  it('changes something only with the token against forged calls of this very session (ASVS 3.5.1, 3.5.3)', async () => {
    const page = await signedIn();
    const other = await signedIn();
    const path = `/v1/sites/${center.site}/enrolment-codes`;
    const without = await page.ask('POST', path, { body: {} });
    expect(without).toMatchObject({ status: 403, body: { code: 'page.foreign' } });
    const wrong = `${page.csrf()['qd-csrf'].slice(0, -1)}_`;
    for (const token of ['x', wrong, other.csrf()['qd-csrf']]) {
      expect((await page.ask('POST', path, { body: {}, headers: { 'qd-csrf': token } })).status).toBe(403);
    }
    // Another session's token planted as the cookie too is double and still not this session's.
    const planted = browser();
    for (const [name, cookie] of page.jar) planted.jar.set(name, cookie);
    planted.jar.set('qd-csrf', { value: other.csrf()['qd-csrf'], path: '/' });
    expect((await planted.ask('POST', path, { body: {}, headers: planted.csrf() })).status).toBe(403);
    expect((await page.ask('POST', path, { body: {}, headers: page.csrf() })).status).toBe(200);
  });

  it('is refused where the browser says that another site’s page had it sent, even to read (ASVS 3.5.8)', async () => {
    const page = await signedIn();
    for (const site of ['cross-site', 'same-site']) {
      const answer = await page.ask('GET', '/v1/sites', { headers: { 'sec-fetch-site': site } });
      expect(answer).toMatchObject({ status: 403, body: { code: 'page.foreign' } });
    }
    expect((await page.ask('GET', '/v1/sites')).status).toBe(200);
  });

  it('takes no token that was given for a header, and a header none that was given for a cookie (ASVS 9.2.2, 9.2.3, 9.2.4)', async () => {
    const page = await signedIn();
    const cookie = page.jar.get('qd-access')?.value as string;
    expect((await center.call('GET', '/v1/sites', undefined, cookie)).status).toBe(401);
    const swapped = browser();
    swapped.jar.set('qd-access', { value: center.adminToken, path: '/' });
    expect((await swapped.ask('GET', '/v1/sites')).status).toBe(401);
    const api = await center.call<{ refreshToken: string }>('POST', '/v1/sessions', {
      user: DEMO_ADMIN,
      password: DEMO_PASSWORD,
    });
    const refreshToken = page.jar.get('qd-refresh')?.value as string;
    expect((await center.call('POST', '/v1/sessions/refresh', { refreshToken })).status).toBe(401);
    swapped.jar.set('qd-refresh', { value: api.body.refreshToken, path: '/v1/web' });
    expect((await swapped.ask('POST', '/v1/web/refresh', { body: {}, headers: page.csrf() })).status).toBe(403);
  });

  it('is answered as nobody’s where a cookie stands there twice (ASVS 15.3.7)', async () => {
    const page = await signedIn();
    const value = page.jar.get('qd-access')?.value;
    const headers = { cookie: `qd-access=${value}; qd-access=${value}` };
    expect((await page.ask('GET', '/v1/sites', { headers })).status).toBe(401);
  });
});

describe('the session of a page', () => {
  it('goes on by the same rotation as any other, and a cookie used twice ends it', async () => {
    const page = await signedIn();
    const first = page.jar.get('qd-refresh')?.value as string;
    expect((await page.ask('POST', '/v1/web/refresh', { body: {} })).status).toBe(403);
    expect((await page.ask('POST', '/v1/web/refresh', { body: {}, headers: page.csrf() })).status).toBe(200);
    expect((await page.ask('POST', '/v1/web/refresh', { body: {}, headers: page.csrf() })).status).toBe(200);
    const thief = browser();
    for (const [name, cookie] of page.jar) thief.jar.set(name, cookie);
    thief.jar.set('qd-refresh', { value: first, path: '/v1/web' });
    const reused = await thief.ask('POST', '/v1/web/refresh', { body: {}, headers: thief.csrf() });
    expect(reused).toMatchObject({ status: 401, body: { code: 'session.ended' } });
    expect([...thief.jar.keys()]).toEqual([]);
    expect((await page.ask('POST', '/v1/web/refresh', { body: {}, headers: page.csrf() })).status).toBe(401);
  });

  it('ends by signing out: the browser forgets it, and its token is good for nothing within a second (ASVS 7.4.1)', async () => {
    const page = await signedIn();
    const copied = page.jar.get('qd-access') as { value: string; path: string };
    expect((await page.ask('POST', '/v1/web/end', { body: {} })).status).toBe(403);
    expect((await page.ask('POST', '/v1/web/end', { body: {}, headers: page.csrf() })).status).toBe(200);
    expect([...page.jar.keys()]).toEqual([]);
    await delay(1_100);
    const copy = browser();
    copy.jar.set('qd-access', copied);
    expect((await copy.ask('GET', '/v1/sites')).status).toBe(401);
  });
});

describe('addresses', () => {
  it('carry no secret: no declared parameter is one, and the log of answers has none of them (ASVS 14.2.1)', async () => {
    interface Operation {
      readonly parameters: readonly { readonly name: string; readonly in: string }[];
    }
    const { body } = await center.call<{ paths: Record<string, Record<string, Operation>> }>('GET', '/openapi.json');
    const names = Object.values(body.paths)
      .flatMap((path) =>
        Object.values(path).flatMap(({ parameters }) => parameters.filter((one) => one.in !== 'header')),
      )
      .map(({ name }) => name);
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => /token|secret|password|code|key|otp|assertion|csrf/i.test(name))).toEqual([]);
    await center.call('GET', '/v1/sites?planted=needle-in-a-query', undefined, center.adminToken);
    await center.call('GET', '/v1/documents/needle-in-a-path', undefined, center.adminToken);
    expect(logged.some((line) => line.includes('"route":"/v1/documents/:id"'))).toBe(true);
    expect(logged.filter((line) => /needle|eyJ|Bearer/.test(line))).toEqual([]);
  });

  it('take no more than they say: whoever is not known may send 16 KiB (ASVS 5.2.1)', async () => {
    const { body } = await center.call<{ paths: Record<string, Record<string, { security: object[] }>> }>(
      'GET',
      '/openapi.json',
    );
    const open = Object.entries(body.paths).filter(
      ([, { post }]) =>
        post && (post.security.length === 0 || post.security.some((way) => Object.keys(way).length === 0)),
    );
    expect(open.map(([path]) => path)).toEqual(
      expect.arrayContaining(['/v1/enrol', '/v1/sessions', '/v1/web/sessions']),
    );
    // What a provider delivers is as large as it is, and judged by its signature.
    for (const [path] of open.filter(([path]) => !path.startsWith('/v1/webhooks/'))) {
      const answer = await browser().ask('POST', path, { body: { filler: 'x'.repeat(20_000) } });
      expect([path, answer.status]).toEqual([path, 413]);
    }
  });
});
