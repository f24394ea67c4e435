import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ToWindow } from '../../domain/bridge/message.ts';
import { StoreFailure } from '../store/state.ts';
import { type DeskHost, openDeskHost } from './testing/desk-host.ts';
import { openConsole, openWindow } from './testing/window.ts';
import { createTokens } from './tokens.ts';

let at: DeskHost;
beforeAll(async () => {
  at = await openDeskHost();
});
afterAll(() => at.close());

interface Got {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET', body = ''): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: at.host.port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

describe('the files of the console', () => {
  it('serves the page and what it names, never to be cached, under a policy without anything inline (ASVS 5.3.2)', async () => {
    for (const [path, type] of [
      ['/', 'text/html'],
      ['/assets/a.js', 'text/javascript'],
    ] as const) {
      const got = await get(path);
      expect(got.status).toBe(200);
      expect(got.headers['content-type']).toContain(type);
      expect(got.headers['cache-control']).toBe('no-store');
      expect(got.headers['content-security-policy']).not.toMatch(/unsafe|\*/);
      expect(got.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(got.headers['set-cookie']).toBeUndefined();
    }
  });

  it.each(['/secret.key', '/../package.json', '/%2e%2e/package.json', '/..%2f..%2fetc/passwd', '/assets', '/%00'])(
    'does not serve %s',
    async (path) => {
      const got = await get(path);
      expect(got.status).toBe(404);
      expect(got.text).not.toContain('not to be served');
    },
  );

  it('answers only at its own address, so that a name that was rebound to it reads nothing', async () => {
    for (const host of [
      'evil.example',
      `evil.example:${at.host.port}`,
      '127.0.0.1:1',
      `127.0.0.1.evil.example:${at.host.port}`,
    ]) {
      expect((await get('/', { host })).status).toBe(421);
    }
    expect((await get('/', { host: `localhost:${at.host.port}` })).status).toBe(200);
  });

  it('refuses pages of other origins, and every method but GET (ASVS 4.1.4)', async () => {
    expect((await get('/', { origin: 'https://evil.example' })).status).toBe(403);
    expect((await get('/assets/a.js', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).status).toBe(
      403,
    );
    expect((await get('/', {}, 'POST')).status).toBe(405);
    expect((await get('/%zz')).status).toBe(400);
  });

  it('takes reports of its own page’s policy, which are reports, small, and no more than say something (ASVS 3.4.7)', async () => {
    expect((await get('/')).headers['content-security-policy']).toMatch(/; report-uri \/csp-reports$/);
    const reports = { 'content-type': 'application/csp-report' };
    const report = JSON.stringify({
      'csp-report': { 'document-uri': at.host.url, 'effective-directive': 'img-src', 'blocked-uri': 'data' },
    });
    const send = (headers: Record<string, string>, body: string) =>
      get('/csp-reports', headers, 'POST', body).then(({ status }) => status);
    expect(await send({ ...reports, origin: 'https://evil.example' }, report)).toBe(403);
    expect(await send({ ...reports, host: 'evil.example' }, report)).toBe(421);
    expect(await send({ 'content-type': 'application/json' }, report)).toBe(415);
    expect(await send({}, report)).toBe(415);
    for (const body of ['', '{', 'null', '[7]', '{"csp-report":{}}']) expect(await send(reports, body)).toBe(400);
    expect(await send(reports, `${report}${' '.repeat(20_000)}`)).toBe(413);
    expect(at.faults).toEqual([]);
    const answers = new Set<number>();
    for (let n = 0; n < 130; n++) answers.add(await send(reports, report));
    expect([...answers]).toEqual([200, 429]);
    expect(at.faults.length).toBeLessThanOrEqual(120);
    expect(new Set(at.faults)).toEqual(new Set(['the console was held to its policy, img-src, data: undefined']));
  });
});

describe('the bridge', () => {
  it('is not opened for another host or origin, or at another path (ASVS 4.4.2)', async () => {
    await expect(openWindow(at.host.url, { origin: 'https://evil.example' })).rejects.toThrow('refused 403');
    await expect(openWindow(at.host.url, { headers: { host: `evil.example:${at.host.port}` } })).rejects.toThrow(
      'refused 421',
    );
    await expect(openWindow(`${at.host.url}`.replace('/', '/'), { headers: { host: 'evil.example' } })).rejects.toThrow(
      '421',
    );
  });

  it('welcomes a token once; the bearer it gave goes on, also after a restart (ASVS 4.4.3)', async () => {
    const token = at.tokens.issue('desk');
    const first = await openWindow(at.host.url);
    first.say({ t: 'hello', token });
    const welcome = (await first.next()) as Extract<ToWindow, { t: 'welcome' }>;
    expect(welcome).toMatchObject({ t: 'welcome', station: 'station-a' });
    const second = await openWindow(at.host.url);
    second.say({ t: 'hello', token });
    expect(await second.next()).toMatchObject({ t: 'unwelcome', refusal: { code: 'token.spent' } });
    expect(await second.closed).toBe(4000);
    const third = await openWindow(at.host.url);
    third.say({ t: 'hello', bearer: welcome.bearer });
    expect(await third.next()).toMatchObject({ t: 'welcome', bearer: welcome.bearer });
    const restarted = createTokens(at.desk.store, randomBytes);
    expect(restarted.admit({ bearer: welcome.bearer })).toMatchObject({ ok: true, value: { seat: 'desk' } });
    expect(restarted.admit({ bearer: 'x' })).toMatchObject({
      ok: false,
      refusal: { code: 'bearer.unknown', message: expect.stringContaining('run npm start once more') },
    });
    expect(JSON.stringify(at.desk.store.value('setting', 'host', 'bearers'))).not.toContain(welcome.bearer);
    first.close();
    third.close();
  });

  it('lets a window in on a full disk: a restart before there is room is all that it does not outlast', () => {
    const full = new StoreFailure('disk full');
    let refuses: Error | null = full;
    const kept: unknown[] = [];
    const store = {
      value: () => undefined,
      saveValue: (_space: string, _owner: string, _key: string, value: unknown) => {
        if (refuses) throw refuses;
        kept.push(value);
      },
    };
    const tokens = createTokens(store, randomBytes);
    const first = tokens.admit({ token: tokens.issue('desk') });
    expect(first).toMatchObject({ ok: true, value: { seat: 'desk' } });
    expect(tokens.admit({ bearer: first.ok ? first.value.bearer : '' })).toMatchObject({ ok: true });
    refuses = null;
    expect(tokens.admit({ token: tokens.issue('other') })).toMatchObject({ ok: true });
    expect(kept).toEqual([[expect.arrayContaining(['desk']), expect.arrayContaining(['other'])]]);
    refuses = new StoreFailure('corrupted');
    expect(() => tokens.admit({ token: tokens.issue('desk') })).toThrow(StoreFailure);
  });

  it('does nothing for whoever has not said hello', async () => {
    const window = await openWindow(at.host.url);
    window.say({ t: 'watch', id: 1, topic: 'board' });
    expect(await window.next()).toMatchObject({ t: 'unwelcome', refusal: { code: 'hello.needed' } });
    expect(await window.closed).toBe(4000);
  });

  it('lets a window in however many connections are held open that say nothing', async () => {
    const silent = await Promise.all(Array.from({ length: 100 }, () => openWindow(at.host.url)));
    const window = await openConsole(at.host.url, at.tokens.issue('desk'));
    expect(silent.filter(({ socket }) => socket.readyState === socket.OPEN).length).toBeLessThan(20);
    for (const { socket } of silent) socket.terminate();
    window.say({ t: 'call', id: 1, name: 'window.token', input: {} });
    expect(await window.next(({ t }) => t === 'result')).toMatchObject({ ok: true });
    window.close();
  });

  it('gives a torn-off window a token of its own seat', async () => {
    const window = await openConsole(at.host.url, at.tokens.issue('desk'));
    window.say({ t: 'call', id: 1, name: 'window.token', input: {} });
    const result = (await window.next()) as { value?: { token: string } };
    const torn = await openConsole(at.host.url, result.value?.token ?? '');
    window.say({ t: 'watch', id: 2, topic: 'drafts' });
    torn.say({ t: 'watch', id: 1, topic: 'drafts' });
    await window.next((message) => message.t === 'snapshot');
    await torn.next((message) => message.t === 'snapshot');
    torn.say({ t: 'call', id: 2, name: 'draft.save', input: { key: 'k', value: 'typed' } });
    expect(await window.next((message) => message.t === 'patch')).toMatchObject({
      id: 2,
      n: 1,
      set: { drafts: { k: 'typed' } },
    });
    window.close();
    torn.close();
  });

  it('hears beside the socket what a page says as it ends, by the same door', async () => {
    const token = at.tokens.issue('desk');
    const window = await openWindow(at.host.url);
    window.say({ t: 'hello', token });
    const { bearer } = (await window.next()) as Extract<ToWindow, { t: 'welcome' }>;
    window.say({ t: 'watch', id: 1, topic: 'drafts' });
    await window.next((message) => message.t === 'snapshot');
    const hello = { t: 'hello', bearer };
    const save = (value: unknown) => ({ t: 'call', id: 2, name: 'draft.save', input: { key: 'last', value } });
    const part = (
      lines: readonly unknown[],
      headers: Record<string, string> = { origin: new URL(at.host.url).origin },
    ) => get('/bridge/parting', headers, 'POST', lines.map((line) => JSON.stringify(line)).join('\n'));

    expect((await part([hello, save('typed')])).status).toBe(200);
    expect(await window.next((message) => message.t === 'patch')).toMatchObject({ set: { drafts: { last: 'typed' } } });
    expect((await part([hello, save('x')], { origin: 'https://evil.example' })).status).toBe(403);
    for (const lines of [
      [],
      [save('x')],
      [{ t: 'hello', bearer: 'x' }, save('x')],
      [hello, '{'],
      [hello, { t: 'call', id: 2, name: 'no.such', input: {} }],
      [hello, { ...save('x'), input: { key: 'last', value: 'x', more: 1 } }],
    ])
      expect(await part(lines)).toMatchObject({ status: 403, text: expect.stringMatching(/^.+\.\n$/) });
    expect((await part([hello, save('x'.repeat(70_000))])).status).toBe(413);
    expect((await get('/bridge/parting')).status).toBe(404);
    window.say({ t: 'watch', id: 3, topic: 'drafts' });
    expect(await window.next((message) => message.t === 'snapshot')).toMatchObject({
      state: { drafts: { last: 'typed' } },
    });
    window.close();
  });

  it('numbers patches without a gap for a reader that sleeps, and merges what it missed', async () => {
    const window = await openConsole(at.host.url, at.tokens.issue('desk'));
    window.say({ t: 'watch', id: 1, topic: 'drafts' });
    await window.next((message) => message.t === 'snapshot');
    window.socket.pause();
    const big = 'x'.repeat(200_000);
    const saves = 200;
    for (let i = 0; i < saves; i++)
      await at.desk.dispatch.call('draft.save', { key: 'big', value: `${i} ${big}` }, { seat: 'desk' });
    window.socket.resume();
    const seen: number[] = [];
    let last = '';
    while (!last.startsWith(`${saves - 1} `)) {
      const patch = (await window.next((message) => message.t === 'patch')) as {
        n: number;
        set: { drafts: { big: string } };
      };
      seen.push(patch.n);
      last = patch.set.drafts.big;
    }
    expect(seen).toEqual(seen.map((_, i) => i + 1));
    expect(seen.length).toBeLessThan(saves);
    window.close();
  });
});
