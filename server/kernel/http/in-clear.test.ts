/** What leaves the machine goes over TLS, but within networks that the operator says nobody else is on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { startCenter } from '../../center.ts';
import { openStorage } from '../storage.ts';
import { hearOnlyClosed, mustNotAskInClear, mustNotReportInClear, mustNotShareInClear } from './in-clear.ts';
import { networkOf } from './network.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-clear-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OPEN = networkOf();
const CLOSED = networkOf({ closedNetworks: '172.18.0.0/16, fd00::/8' });
const FAR = 'postgres://u:p@db.example/qd';

it('goes beyond the machine encrypted or not at all: who asks, PostgreSQL, Redis, the collector (ASVS 12.3.1)', async () => {
  const options = { dataDir: join(folder, 'never'), port: 0, log: 'silent' } as const;
  for (const host of ['0.0.0.0', '::', '10.0.0.5']) {
    await expect(startCenter({ ...options, host })).rejects.toMatchObject({ code: 'tls.missing' });
  }
  for (const more of ['', '?sslmode=disable', '?sslmode=prefer', '?sslmode=no-verify', '?ssl=true']) {
    await expect(mustNotAskInClear(`${FAR}${more}`, OPEN), more).rejects.toThrow('sslmode=verify-full');
    await expect(openStorage(join(folder, 'never'), `${FAR}${more}`)).rejects.toMatchObject({ code: 'database.clear' });
  }
  await expect(mustNotAskInClear(`${FAR}?sslmode=verify-full`, OPEN)).resolves.toBeUndefined();
  await expect(mustNotShareInClear('redis://redis.example:6379', OPEN)).rejects.toMatchObject({ code: 'redis.clear' });
  await expect(mustNotReportInClear('http://collector.example', OPEN)).rejects.toMatchObject({ code: 'otlp.clear' });
  const clear = { ...options, host: '127.0.0.1', databaseUrl: 'postgres://u@127.0.0.1:1/qd' };
  await expect(startCenter({ ...clear, redisUrl: 'redis://r.example' })).rejects.toMatchObject({ code: 'redis.clear' });
  await expect(startCenter({ ...clear, otlp: 'http://c.example' })).rejects.toMatchObject({ code: 'otlp.clear' });
  for (const url of ['redis://127.0.0.1:1', 'redis://[::1]:1', 'rediss://redis.example:6379'])
    await expect(mustNotShareInClear(url, OPEN), url).resolves.toBeUndefined();
  for (const url of ['http://localhost:4318', 'https://collector.example'])
    await expect(mustNotReportInClear(url, OPEN), url).resolves.toBeUndefined();
});

describe('the address of PostgreSQL is read as its driver reads it', () => {
  it('whatever else it says beside the host', async () => {
    for (const url of [
      // The driver goes by the last.
      `${FAR}?sslmode=verify-full&sslmode=disable`,
      'postgres://u@127.0.0.1/qd?host=db.example',
      'postgres://u@127.0.0.1/qd?host=127.0.0.1&host=db.example',
    ])
      await expect(mustNotAskInClear(url, OPEN), url).rejects.toMatchObject({ code: 'database.clear' });
    for (const url of ['postgres://u@h1:1,h2:2/qd', `${FAR}?sslmode=verify-full&sslrootcert=/none`])
      await expect(mustNotAskInClear(url, OPEN), url).rejects.toMatchObject({ code: 'database.address' });
  });

  it('and with what it takes from the environment', async () => {
    process.env.PGHOST = 'db.example';
    onTestFinished(() => void delete process.env.PGHOST);
    await expect(mustNotAskInClear('postgres:///qd?user=u', OPEN)).rejects.toMatchObject({ code: 'database.clear' });
  });

  it('a socket and loopback are this machine', async () => {
    for (const url of [
      'postgres://u@127.0.0.1:5432/qd',
      'postgres://u@localhost/qd',
      'postgres:///qd?user=u&host=/var/run/postgresql',
      'postgres://u@/qd?host=/var/run/postgresql',
      'postgres://%2Fvar%2Frun%2Fpostgresql/qd',
    ])
      await expect(mustNotAskInClear(url, OPEN), url).resolves.toBeUndefined();
  });
});

describe('a closed network', () => {
  it('is one that the operator names, and that can be closed', () => {
    expect(CLOSED.closedNetworks).toEqual(['172.18.0.0/16', 'fd00::/8']);
    for (const closedNetworks of ['0.0.0.0/0', '10.0.0.0/7', '8.8.8.0/24', '172.18.0.5', '::/0', 'loopback'])
      expect(() => networkOf({ closedNetworks }), closedNetworks).toThrow(/QD_CLOSED_NETWORKS/);
  });

  it('lets what stays within it go in clear, and nothing else', async () => {
    const within = ['172.18.0.3', '[fd00::3]'];
    const beyond = ['172.19.0.3', '[fe80::3]', '203.0.113.9', 'name-that-is-not-known.invalid'];
    for (const host of within) {
      await expect(mustNotAskInClear(`postgres://u@${host}/qd`, CLOSED), host).resolves.toBeUndefined();
      await expect(mustNotShareInClear(`redis://${host}:6379`, CLOSED), host).resolves.toBeUndefined();
      await expect(mustNotReportInClear(`http://${host}:4318`, CLOSED), host).resolves.toBeUndefined();
    }
    for (const host of beyond) {
      await expect(mustNotAskInClear(`postgres://u@${host}/qd`, CLOSED), host).rejects.toThrow('QD_CLOSED_NETWORKS');
      await expect(mustNotShareInClear(`redis://${host}:6379`, CLOSED), host).rejects.toThrow('QD_CLOSED_NETWORKS');
      await expect(mustNotReportInClear(`http://${host}:4318`, CLOSED), host).rejects.toThrow('QD_CLOSED_NETWORKS');
    }
  });

  it('is all that a center in clear hears, beside its own machine', async ({ skip }) => {
    const own = Object.values(networkInterfaces())
      .flatMap((of) => of ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal);
    if (own === undefined) return skip('this machine has no address but loopback');
    const answers = async (network: typeof OPEN, host: string): Promise<boolean> => {
      const server = createServer((_request, response) => response.end('here'));
      hearOnlyClosed(server, network);
      await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
      onTestFinished(() => void server.close());
      const at = server.address();
      const port = at !== null && typeof at === 'object' ? at.port : 0;
      const asked = fetch(`http://${host}:${port}/`, { headers: { connection: 'close' } });
      return asked.then(
        async (answer) => (await answer.text()) === 'here',
        () => false,
      );
    };
    // Asked at an address of its own that is not loopback, the caller has that address too.
    const around = { ...OPEN, closedNetworks: [`${own.address}/32`] };
    expect(await answers(around, own.address)).toBe(true);
    expect(await answers(CLOSED, own.address)).toBe(false);
    expect(await answers(CLOSED, '127.0.0.1')).toBe(true);
  });
});
