/** A workstation that is told an authority trusts that one alone to vouch for its center, over HTTP and the live channel. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemRandom } from '#sealing/random.ts';
import { signerOf } from '#sealing/signing.ts';
import { readAuthority } from '../../../server-bridge/authority.ts';
import { enrol } from '../../../server-bridge/enrol.ts';
import { createHttpCenter, type HttpCenter } from '../../../server-bridge/sync/http-center.ts';
import { UNTRUSTED } from '../../../server-bridge/sync/ports.ts';
import { type EnrolledStation, type TestCenter, testCenter } from '../../testing/center.ts';
import { openMasterKeys } from '../keys/master-config.ts';
import { openRedis } from '../redis.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { sendTraces, traced } from '../telemetry/traces.ts';
import { certificate } from './testing/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-authority-'));
const KNOWN = getCACertificates('default');
let center: TestCenter;
let station: EnrolledStation;
let own: string;
let other: string;

const filesOf = (name: string) => ({ cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) });
const authorityIn = (file: string): string => {
  const read = readAuthority(file);
  if (!read.ok) throw new Error(read.refusal.message);
  return read.value;
};

beforeAll(async () => {
  // To everything else of this process the authority is one that the system knows.
  setDefaultCACertificates([...KNOWN, await certificate('own', filesOf('own'))]);
  await certificate('other', filesOf('other'));
  own = authorityIn(filesOf('own').cert);
  other = authorityIn(filesOf('other').cert);
  center = await testCenter({ tls: filesOf('own') });
  station = await center.enrol('A');
});
afterAll(async () => {
  await center.close();
  setDefaultCACertificates(KNOWN);
  rmSync(folder, { recursive: true, force: true });
});

async function reached(authority: string | null): Promise<readonly [http: string, live: string]> {
  const signer = signerOf(station.privateKey);
  const who = { station: station.station, signer, clock: Date.now, random: systemRandom() };
  const open = () => createHttpCenter({ url: center.url, authority, ...who });
  const http = open();
  const snapshot = await http.snapshot().then(
    () => 'reached',
    (failure: { code: string }) => failure.code,
  );
  await http.close();
  const way = open();
  const live = await new Promise<string>((resolve) => {
    const heard = { onPage: () => {}, onPresence: () => {}, onRoster: () => {}, onSessionEnded: () => {} };
    const channel: ReturnType<HttpCenter['live']> = way.live({
      ...heard,
      onUp: () => resolve('reached'),
      onDown: (reason) => resolve(reason),
    });
    setTimeout(() => channel.close(), 10_000).unref();
  });
  await way.close();
  return [snapshot, live];
}

it('takes the center by that authority alone, though the system knows another that vouches (ASVS 12.3.4)', async () => {
  expect(await reached(own)).toEqual(['reached', 'reached']);
  expect(await reached(null)).toEqual(['reached', 'reached']);
  const [http, live] = await reached(other);
  expect(http).toBe(UNTRUSTED);
  expect(live).not.toBe('reached');
  setDefaultCACertificates(KNOWN);
  expect(await reached(own)).toEqual(['reached', 'reached']);
  expect((await reached(null))[0]).toBe(UNTRUSTED);
});

it('says at enrolment that it is the certificate, and what to do', async () => {
  const asked = { center: center.url, code: 'ABCD-EFGH-JKMN', name: 'B', lanAddress: '', say: () => {} };
  const by = { signer: signerOf(station.privateKey), random: systemRandom() };
  expect(await enrol({ ...asked, ...by, authority: other })).toMatchObject({
    refusal: { code: 'enrol.untrusted', message: expect.stringContaining('--center-ca FILE') },
  });
  expect(await enrol({ ...asked, ...by, authority: own })).toMatchObject({ refusal: { code: 'enrol.refused' } });
});

it('takes certificates from the file and nothing else of it', () => {
  expect(own).toMatch(/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\n$/);
  for (const file of [filesOf('own').key, join(folder, 'none.pem'), folder])
    expect(readAuthority(file), file).toMatchObject({ refusal: { code: 'authority.unreadable' } });
});

describe('what the center asks of its own operator’s', () => {
  /** Counts what was said to it over TLS, which nobody says who does not take its certificate. */
  async function listening(answer: (said: string) => string) {
    let heard = 0;
    const files = filesOf('own');
    const tls = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
    const server = createServer(tls, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        heard += 1;
        socket.end(answer(bytes.toString('latin1')));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const at = server.address();
    return { port: at !== null && typeof at === 'object' ? at.port : 0, heard: () => heard };
  }
  const http = (body: string): string =>
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;

  beforeAll(() => setDefaultCACertificates([...KNOWN, own]));

  it('Vault, Redis and the collector are taken by the one authority that is named (ASVS 12.3.4)', async () => {
    const vault = await listening(() => http('{"data":{"ciphertext":"vault:v1:AAAA"}}'));
    const wrap = (authorityFile: string | undefined) =>
      openMasterKeys({ key: `vault:https://127.0.0.1:${vault.port}/k`, vaultToken: 't', authorityFile }, '', true).then(
        ({ current }) => current.wrap(Buffer.alloc(32), 'c'),
      );
    await wrap(undefined);
    await wrap(filesOf('own').cert);
    expect(vault.heard()).toBe(2);
    await expect(wrap(filesOf('other').cert)).rejects.toMatchObject({ code: 'key.away' });
    await expect(wrap(filesOf('own').key)).rejects.toMatchObject({ code: 'tls.authority' });
    expect(vault.heard()).toBe(2);

    const redis = await listening(() => '-ERR not one\r\n');
    const greeted = async (authority: string | null): Promise<boolean> => {
      const before = redis.heard();
      const connection = openRedis(`rediss://127.0.0.1:${redis.port}`, authority);
      const until = Date.now() + 5_000;
      while (redis.heard() === before && Date.now() < until && authority !== other) await delay(20);
      // One that is not taken is tried again and again; none of the tries says anything.
      if (authority === other) await delay(1_000);
      connection.disconnect();
      return redis.heard() > before;
    };
    expect([await greeted(own), await greeted(null), await greeted(other)]).toEqual([true, true, false]);

    const collector = await listening(() => http('{}'));
    const told = async (authority: string): Promise<boolean> => {
      const before = collector.heard();
      const metrics = createMetrics(
        `https://127.0.0.1:${collector.port}`,
        () => Promise.reject(new Error('none')),
        authority,
      );
      await metrics.stop();
      const end = sendTraces(`https://127.0.0.1:${collector.port}`, authority);
      await traced('a step', {}, async () => undefined);
      await end();
      return collector.heard() >= before + 2;
    };
    expect(await told(own)).toBe(true);
    const before = collector.heard();
    await told(other);
    expect(collector.heard()).toBe(before);
  }, 60_000);
});
