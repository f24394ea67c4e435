/** What holds for every answer and every route, gone through as they are declared. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator } from '../../testing/postgres.ts';

interface Schema {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly [key: string]: unknown;
}
interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: { readonly [media: string]: { readonly schema: Schema } } };
  readonly responses: { readonly [status: string]: { readonly content?: { readonly [media: string]: object } } };
}

let center: TestCenter;
let pages: string;
let routes: readonly { readonly method: string; readonly path: string; readonly operation: Operation }[];
const logged: { readonly [field: string]: unknown }[] = [];

beforeAll(async () => {
  pages = mkdtempSync(join(tmpdir(), 'qd-answers-'));
  mkdirSync(join(pages, 'assets'));
  writeFileSync(join(pages, 'center.html'), '<!doctype html><title>Center</title>');
  writeFileSync(join(pages, 'assets', 'center-1a2b.js'), 'export {};');
  writeFileSync(join(pages, 'assets', 'center-1a2b.js.map'), '{}');
  writeFileSync(join(pages, '.env'), 'SECRET=1');
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) });
  center = await testCenter({ pages, log });
  const { body } = await center.call<{ paths: { [path: string]: { [method: string]: Operation } } }>(
    'GET',
    '/openapi.json',
  );
  routes = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
afterAll(async () => {
  await center?.close();
  rmSync(pages, { recursive: true, force: true });
});

/** A request as its bytes; what came back, whole. */
function raw(bytes: string): Promise<string> {
  const { hostname, port } = new URL(center.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (part) => {
      text += part.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
    socket.write(bytes);
  });
}

/** Every route once, with whatever it makes of it: by an administrator, and by nobody. */
async function* everyAnswer(): AsyncGenerator<{ readonly name: string; readonly answer: Response }> {
  for (const token of [center.adminToken, null]) {
    for (const { method, path } of routes) {
      const answer = await fetch(`${center.url}${path.replace(/\{\w+\}/g, 'x')}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        },
        ...(method === 'GET' ? {} : { body: '{}' }),
      });
      yield { name: `${method} ${path}`, answer };
    }
  }
}

describe('every answer', () => {
  it('says what it is and is that, is kept by nobody, sends nobody elsewhere, and refers nowhere (ASVS 3.2.1, 4.1.1, 4.1.2, 14.2.2, 3.4.5)', async () => {
    for await (const { name, answer } of everyAnswer()) {
      const { headers, status } = answer;
      const text = await answer.text();
      expect(headers.get('cache-control'), name).toBe('no-store');
      expect(headers.get('referrer-policy'), name).toBe('no-referrer');
      expect(headers.get('x-content-type-options'), name).toBe('nosniff');
      // Opened as a page, whatever it is, it runs, shows and frames nothing.
      expect(headers.get('content-security-policy'), name).toMatch(/^default-src 'none'; frame-ancestors 'none';/);
      expect(headers.get('cross-origin-resource-policy'), name).toBe('same-origin');
      // Nothing is sent on to https by itself: who asked in clear is told so by nothing working.
      if (name !== 'GET /v1/sso/{org}/begin' && name !== 'GET /v1/sso/callback') {
        expect(status < 300 || status >= 400, `${name}: ${status}`).toBe(true);
      }
      if (text === '') continue;
      const type = headers.get('content-type') ?? '';
      expect(type, name).toMatch(
        /^(application\/(problem\+)?json|application\/x-ndjson|text\/plain; version=0\.0\.4)\b/,
      );
      for (const json of type.includes('ndjson') ? text.trim().split('\n') : type.includes('json') ? [text] : [])
        JSON.parse(json);
      if (type.startsWith('text/')) expect(type, name).toContain('charset=utf-8');
    }
  });

  it('is as long as it says, whatever it is (ASVS 4.2.2)', async () => {
    const end = '\r\nhost: localhost\r\nconnection: close\r\n\r\n';
    for (const path of ['/health', '/v1/sites', '/v1/nothing', '/', '/openapi.json']) {
      const answer = await raw(`GET ${path} HTTP/1.1${end}`);
      const [head = '', ...body] = answer.split('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      const chunked = /transfer-encoding: chunked/i.test(head);
      expect(chunked, path).toBe(length === undefined);
      if (length !== undefined) expect(body.join('\r\n\r\n').length, path).toBe(Number(length));
    }
  });

  it('of a script holds nothing that anybody had to be allowed: data is never one (ASVS 3.5.7)', async () => {
    const media = routes.flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ content }) => Object.keys(content ?? {})),
    );
    expect(media.length).toBeGreaterThan(100);
    expect(media.filter((type) => /javascript|ecmascript|html/i.test(type))).toEqual([]);
    const file = `${center.url}/assets/center-1a2b.js`;
    const known = await fetch(file, { headers: { authorization: `Bearer ${center.adminToken}` } });
    expect(await known.text()).toBe(await (await fetch(file)).text());
    // A callback's name makes no script of an answer.
    const called = await fetch(`${center.url}/health?callback=steal`);
    expect(await called.text()).not.toContain('steal(');
  });
});

describe('what a request may be', () => {
  it('has one length: two ways of saying it, or a wrong one, are refused (ASVS 4.2.1)', async () => {
    const both = 'POST /v1/sessions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const smuggled = '0\r\n\r\nGET /health HTTP/1.1\r\nhost: localhost\r\n\r\n';
    for (const head of [
      'content-length: 5\r\ntransfer-encoding: chunked\r\n',
      'transfer-encoding: chunked\r\ncontent-length: 5\r\n',
      'content-length: 5\r\ncontent-length: 6\r\n',
      'content-length: -1\r\n',
      'transfer-encoding: chunked, identity\r\n',
      'transfer-encoding : chunked\r\n',
    ]) {
      const answer = await raw(`${both}${head}\r\n${smuggled}`);
      expect(answer.match(/HTTP\/1\.1 \d+/g), head).toEqual(['HTTP/1.1 400']);
      expect(answer).not.toContain('"status":"up"');
    }
  });

  it('is for one host: two of them, or another in its address, are refused (RFC 9112, 3.2)', async () => {
    const end = 'connection: close\r\n\r\n';
    for (const request of [
      `GET /health HTTP/1.1\r\nhost: c\r\nhost: evil.example\r\n${end}`,
      `GET /health HTTP/1.1\r\nHost: c\r\nHOST: c\r\n${end}`,
      `GET http://evil.example/health HTTP/1.1\r\nhost: c\r\n${end}`,
    ]) {
      const answer = await raw(request);
      expect(answer, request).toMatch(/^HTTP\/1\.1 400/);
      expect(answer, request).toContain('"code":"request.host"');
    }
    expect(await raw(`GET /health HTTP/1.1\r\nhost: c\r\n${end}`)).toMatch(/^HTTP\/1\.1 200/);
  });

  it('is not sent back: TRACE is answered by nothing of what came (ASVS 13.4.4)', async () => {
    for (const method of ['TRACE', 'TRACK', 'DEBUG']) {
      const answer = await raw(
        `${method} /health HTTP/1.1\r\nhost: c\r\nx-secret: mirror me\r\nconnection: close\r\n\r\n`,
      );
      expect(answer, method).toMatch(/^HTTP\/1\.1 4\d\d/);
      expect(answer, method).not.toContain('mirror me');
    }
  });

  it('has whole numbers between bounds that every store of them holds (ASVS 1.4.2)', () => {
    const numbers: { readonly at: string; readonly of: Schema }[] = [];
    const walk = (at: string, of: unknown): void => {
      if (of === null || typeof of !== 'object') return;
      const schema = of as Schema;
      // Bodies of records are any JSON here, and are read by the schema of their kind; a literal is its own bounds.
      if (at.endsWith('/__schema0') || 'const' in schema) return;
      if (schema.type === 'integer' || schema.type === 'number') numbers.push({ at, of: schema });
      for (const [key, value] of Object.entries(schema)) walk(`${at}/${key}`, value);
    };
    for (const { method, path, operation } of routes) {
      for (const { name, schema } of operation.parameters) walk(`${method} ${path} ${name}`, schema);
      walk(`${method} ${path}`, operation.requestBody?.content);
    }
    expect(numbers.length).toBeGreaterThan(20);
    const open = numbers.filter(
      ({ of }) =>
        (of.minimum ?? of.exclusiveMinimum) === undefined ||
        (of.maximum ?? of.exclusiveMaximum) === undefined ||
        Math.abs(of.maximum ?? of.exclusiveMaximum ?? 0) > Number.MAX_SAFE_INTEGER,
    );
    expect(open.map(({ at }) => at)).toEqual([]);
  });

  it('names no prototype, and changes none (ASVS 15.3.6)', async () => {
    for (const body of [
      '{"user":"a","password":"b","__proto__":{"polluted":1}}',
      '{"user":"a","password":"b","constructor":{"prototype":{"polluted":1}}}',
      '{"user":{"__proto__":{"polluted":1}},"password":"b"}',
    ]) {
      const { status } = await center.call('POST', '/v1/sessions', body);
      expect(status).toBe(400);
    }
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    const own = await center.call('GET', '/v1/entities/__proto__', undefined, center.adminToken);
    expect(own).toMatchObject({ status: 404, body: { code: 'kind.unknown' } });
  });
});

describe('files beside the API', () => {
  it('are those of the page alone, by their extension; a folder is never listed (ASVS 13.4.3, 13.4.7)', async () => {
    const asked = async (path: string) => {
      const answer = await fetch(`${center.url}${path}`);
      return { status: answer.status, text: await answer.text() };
    };
    for (const path of ['/assets/', '/assets', '/assets/.', '/assets//']) {
      expect((await asked(path)).text, path).not.toContain('center-1a2b.js');
    }
    for (const path of ['/assets/center-1a2b.js.map', '/.env', '/assets/%2e%2e/.env', '/center.ts', '/package.json']) {
      const { status, text } = await asked(path);
      expect(text, path).not.toContain('SECRET');
      expect([path, status === 404 || text.includes('<title>Center</title>')]).toEqual([path, true]);
    }
  });
});

describe('what is refused or fails', () => {
  it('is in the log when a person may not do it: who, what, and by which rule (ASVS 16.3.2)', async () => {
    const { token, person } = await center.member('lee', ['call_taker']);
    const refused = await center.call('GET', '/v1/audit/entries', undefined, token);
    expect(refused).toMatchObject({ status: 403, body: { code: 'role.missing' } });
    const line = logged.find(({ msg, user }) => msg === 'refused' && user === person);
    expect(line).toMatchObject({ level: 40, code: 'role.missing', route: '/v1/audit/entries', rules: ['role@1'] });
    expect(line?.request).toBe(refused.body.request);
  });

  it('is in the log by its kind when nobody expected it, told to nobody, and the center goes on (ASVS 16.3.4, 16.5.4, 13.4.2)', async () => {
    await asMigrator(center, (client) => client.query('alter table identity.policy rename to gone'));
    const failed = await center.call('GET', '/v1/organisation/policy', undefined, center.adminToken);
    await asMigrator(center, (client) => client.query('alter table identity.gone rename to policy'));
    expect(failed).toMatchObject({ status: 500, body: { code: 'center.failed' } });
    const said = JSON.stringify(failed.body);
    for (const inside of ['identity', 'policy', 'relation', '42P01', '.ts', 'node_modules', 'stack']) {
      expect(said.replace('/v1/organisation/policy', ''), inside).not.toContain(inside);
    }
    const line = logged.find(({ msg, request }) => msg === 'request failed' && request === failed.body.request);
    expect(line).toMatchObject({ level: 50, route: '/v1/organisation/policy', err: { code: '42P01' } });
    expect(JSON.stringify(line)).not.toContain('does not exist');
    expect((await center.call('GET', '/v1/organisation/policy', undefined, center.adminToken)).status).toBe(200);
  });
});
