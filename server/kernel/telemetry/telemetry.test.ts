import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECURITY_KINDS } from '#domain/identity/detection.ts';
import { DEMO_PASSWORD, DEMO_USER } from '../../modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { scraperToken } from '../operator-token.ts';
import { collectorHeaders } from './collector.ts';
import { sendTraces } from './traces.ts';

const RULES = new URL('../../../resources/alerts/', import.meta.url);

/** A collector as OTLP/HTTP has them: takes what is posted, keeps it. */
const received: { readonly path: string; readonly text: string; readonly shown: string | undefined }[] = [];
const folder = mkdtempSync(join(tmpdir(), 'qd-collector-'));
const credentials = join(folder, 'headers');
let collector: Server;
let center: TestCenter;
let endTraces: () => Promise<void>;
beforeAll(async () => {
  collector = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push({
        path: request.url ?? '',
        shown: request.headers.authorization,
        text: Buffer.concat(parts).toString('utf8'),
      });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => collector.once('listening', resolve));
  const otlp = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  writeFileSync(credentials, 'Authorization: Bearer first-of-the-collector\n');
  const otlpHeaders = await collectorHeaders(credentials);
  endTraces = sendTraces(otlp, null, otlpHeaders);
  center = await testCenter({ otlp, otlpHeaders });
});
afterAll(async () => {
  await center?.close();
  collector.close();
  rmSync(folder, { recursive: true });
});

const tokenIn = (file: string): string => readFileSync(join(center.dataDir, file), 'utf8').trim();
const asked = (token?: string): Promise<Response> =>
  fetch(`${center.url}/metrics`, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } });
const figures = async (): Promise<string> => (await asked(tokenIn('metrics.token'))).text();

describe('figures', () => {
  it('have every metric that an alert rule looks at', async () => {
    await center.call('POST', `/v1/webhooks/stripe/${'x'.repeat(22)}`, {});
    const station = await center.enrol('Watched');
    await center.call('POST', '/v1/sync/push', {}, station.token);
    const rules = readFileSync(new URL('quantum-dispatch.rules.yml', RULES), 'utf8');
    const named = new Set(rules.match(/\bqd_\w+/g));
    expect(named.size).toBeGreaterThan(7);
    const there = await figures();
    for (const name of named) expect(there, name).toContain(`${name}{`.slice(0, -1));
    // What is counted from nothing on is seen to rise: of a series that begins with its first, Prometheus sees no increase.
    for (const kind of Object.keys(SECURITY_KINDS))
      expect(there).toMatch(new RegExp(`qd_security_events_total\\{[^}]*kind="${kind}"[^}]*\\} 0\\b`));
  });

  it('are those that the operator’s guide has, and no others', async () => {
    await center.call('POST', `/v1/webhooks/stripe/${'x'.repeat(22)}`, {});
    const served = (await figures()).match(/^# TYPE qd_\w+/gm)?.map((line) => line.slice('# TYPE '.length)) ?? [];
    const guide = readFileSync(new URL('../../../docs/operator/watching.md', import.meta.url), 'utf8');
    const rows = guide.split('\n').filter((line) => line.startsWith('| `qd_'));
    const named = rows.flatMap((row) => row.split('|')[1]?.match(/qd_\w+/g) ?? []);
    expect(named.sort()).toEqual(served.sort());
  });

  it('are for whoever reads a token of the data folder, wherever they ask from (ASVS 13.4.5)', async () => {
    expect((await asked(tokenIn('metrics.token'))).headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect((await asked(tokenIn('operator.token'))).status).toBe(200);
    for (const token of [undefined, 'x'.repeat(43), center.adminToken]) expect((await asked(token)).status).toBe(401);
    // It opens the figures alone, and is its owner's.
    const elsewhere = await center.call('GET', '/v1/operator/organisations', undefined, tokenIn('metrics.token'));
    expect(elsewhere.status).toBe(401);
    expect(statSync(join(center.dataDir, 'metrics.token')).mode & 0o777).toBe(0o600);
  });

  it('are read with a token that outlasts a restart, as long as it is one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qd-figures-'));
    const random = (length: number): Uint8Array => randomBytes(length);
    const kept = (): string => readFileSync(join(folder, 'metrics.token'), 'utf8').trim();
    await scraperToken(folder, random);
    const first = kept();
    expect((await scraperToken(folder, random))(first)).toBe(true);
    writeFileSync(join(folder, 'metrics.token'), 'cut off');
    const knows = await scraperToken(folder, random);
    expect([knows(first), knows('cut off'), knows(kept())]).toEqual([false, false, true]);
    rmSync(folder, { recursive: true });
  });

  it('count what was done, by the route as declared', async () => {
    await center.call('GET', '/v1/entities/unit/somebody-s-id', undefined, center.adminToken);
    const text = await figures();
    expect(text).toMatch(/qd_http_seconds_count\{[^}]*route="\/v1\/entities\/:kind\/:id"[^}]*status="404"/);
    expect(text).not.toContain('somebody-s-id');
    expect(text).toMatch(/qd_audit_unsealed_seconds \d/);
  });
});

describe('what goes over OTLP', () => {
  it('is a trace that goes on with the caller’s, its database work within it, and figures; nothing of people (ASVS 16.2.5)', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await fetch(`${center.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      body: JSON.stringify({ user: DEMO_USER, password: DEMO_PASSWORD }),
    });
    // The span ends after the answer has gone out.
    await delay(200);
    // As an agent renews it.
    writeFileSync(credentials, '\nauthorization:  Bearer second-of-the-collector \r\n');
    await endTraces();
    await center.close();
    const spans = received
      .filter(({ path }) => path === '/v1/traces')
      .flatMap(({ text }) => (JSON.parse(text) as Traces).resourceSpans)
      .flatMap(({ scopeSpans }) => scopeSpans)
      .flatMap((scope) => scope.spans);
    const call = spans.find((span) => span.traceId === traceId && span.name === 'POST /v1/sessions');
    expect(call?.parentSpanId).toBe('00f067aa0ba902b7');
    expect(spans.some((span) => span.name === 'transaction' && span.parentSpanId === call?.spanId)).toBe(true);
    const metrics = received.filter(({ path }) => path === '/v1/metrics').map(({ text }) => text);
    expect(metrics.join()).toContain('qd_http_seconds');
    const all = received.map(({ text }) => text).join('\n');
    expect(all).not.toContain(DEMO_USER);
    expect(all).not.toContain(DEMO_PASSWORD);
    // The collector was shown each time who sends, by what the file held then.
    expect(received.filter(({ shown }) => !/^Bearer (first|second)-of-the-collector$/.test(shown ?? ''))).toEqual([]);
    for (const path of ['/v1/traces', '/v1/metrics'])
      expect([path, received.findLast((one) => one.path === path)?.shown]).toEqual([
        path,
        'Bearer second-of-the-collector',
      ]);
    expect(all).not.toContain('of-the-collector');
  });

  it('keeps to the credentials of before where they cannot be read, and is refused at the start without saying them', async () => {
    const file = join(folder, 'agent');
    writeFileSync(file, 'X-Tenant: harbor\nAuthorization: Bearer hush');
    const headers = await collectorHeaders(file);
    expect(await headers()).toEqual({ 'X-Tenant': 'harbor', Authorization: 'Bearer hush' });
    for (const torn of [
      '',
      'Authorization Bearer hush',
      'Authorization: hush\u0007',
      'A b: hush',
      ': hush',
      'x'.repeat(20_000),
    ]) {
      writeFileSync(file, torn);
      expect(await headers()).toEqual({ 'X-Tenant': 'harbor', Authorization: 'Bearer hush' });
      const failed = await collectorHeaders(file).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'otlp.headers' });
      expect((failed as Error).message).not.toContain('hush');
    }
  });
});

function promtool(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!promtool())('the alert rules', () => {
  it('say what they are to say, and are silent before', () => {
    const folder = fileURLToPath(RULES);
    const said = execFileSync('promtool', ['test', 'rules', 'quantum-dispatch.test.yml'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(said).toContain('SUCCESS');
  });
});

interface Traces {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string;
        readonly traceId: string;
        readonly spanId: string;
        readonly parentSpanId?: string;
      }[];
    }[];
  }[];
}
