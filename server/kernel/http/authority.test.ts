/** A workstation that is told an authority trusts that one alone to vouch for its center, over HTTP and the live channel. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemRandom } from '#sealing/random.ts';
import { signerOf } from '#sealing/signing.ts';
import { readAuthority } from '../../../server-bridge/authority.ts';
import { enrol } from '../../../server-bridge/enrol.ts';
import { createHttpCenter, type HttpCenter } from '../../../server-bridge/sync/http-center.ts';
import { UNTRUSTED } from '../../../server-bridge/sync/ports.ts';
import { type EnrolledStation, type TestCenter, testCenter } from '../../testing/center.ts';
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

it('takes the center by that authority alone, though the system knows another that vouches', async () => {
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
