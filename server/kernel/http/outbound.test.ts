/** Addresses that came as data are asked where a list has them, at the addresses that such a host may have, and nowhere else. */
import type { LookupAddress, LookupAllOptions, lookup } from 'node:dns';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import ipaddr from 'ipaddr.js';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SsoSettings } from '#domain/identity/api/sso.ts';
import { makeProviders } from '../identity/sso/provider.ts';
import { networkOf } from './network.ts';
import { type Askable, NotAskable, type Outbound, outboundTo, WELL_KNOWN } from './outbound.ts';
import { certificate } from './testing/certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'qd-outbound-'));
const files = { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem') };
const KNOWN = getCACertificates('default');
let port = 0;
let connections = 0;
const server = createServer((request, response) => {
  if (request.url === '/large') return void response.end(Buffer.alloc(2_000_000));
  if (request.url === '/on') return void response.writeHead(302, { location: `https://id.example:${port}/` }).end();
  response.setHeader('content-type', 'application/json').end('{"here":true}');
});

beforeAll(async () => {
  setDefaultCACertificates([...KNOWN, await certificate('id', files)]);
  server.setSecureContext({ cert: readFileSync(files.cert), key: readFileSync(files.key) });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '::', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  setDefaultCACertificates(KNOWN);
  rmSync(folder, { recursive: true, force: true });
});

const GET = { method: 'GET', headers: {} };
/** Names are known under these addresses. */
const known = (...addresses: readonly string[]): typeof lookup =>
  ((_host: string, _options: LookupAllOptions, done: (error: null, found: LookupAddress[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as typeof lookup;
function outbound(list: readonly Askable[], addresses: readonly string[], loopback = false): Outbound {
  const made = outboundTo(list, loopback, known(...addresses));
  onTestFinished(() => made.close());
  return made;
}
const entry = (own: boolean, host = 'id.example'): Askable => ({ host, port, own });

describe('an address that came as data', () => {
  it('is asked where the list has its host and port, over https, and not otherwise (ASVS 1.3.6)', async () => {
    const own = networkOf({ ssoHosts: 'id.county.example:8443, *.sso.example' }).ssoHosts;
    const { may, ask } = outbound([...WELL_KNOWN, ...own], ['127.0.0.1']);
    for (const url of [
      'https://accounts.google.com',
      'https://county.okta.com/oauth2/default',
      'https://id.county.example:8443/realms/psap',
      'https://a.b.sso.example/',
    ])
      expect(may(new URL(url)), url).toBe(true);
    for (const url of [
      'http://accounts.google.com',
      'https://accounts.google.com:8443',
      'https://accounts.google.com.evil.example',
      'https://accounts.google.com@evil.example',
      'https://evil.example#accounts.google.com',
      'https://evil.example/.okta.com',
      'https://evilokta.com',
      'https://okta.com',
      'https://id.county.example',
      'https://x.id.county.example:8443',
      'https://sso.example',
      'https://127.0.0.1',
      'https://localhost',
      'http://169.254.169.254/latest/meta-data',
      'https://[::1]',
      'https://2130706433',
      'ftp://accounts.google.com',
      'file:///etc/passwd',
      'data:application/json,{}',
      'https://user@accounts.google.com',
    ]) {
      expect(may(new URL(url)), url).toBe(false);
      await expect(ask(url, GET), url).rejects.toBeInstanceOf(NotAskable);
    }
  });

  it('is not asked at an address that a host of the list does not have, whatever its name was before', async () => {
    const inside = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '169.254.169.254', 'fe80::1', '0.0.0.0', '224.0.0.1', '::'];
    for (const address of inside)
      for (const own of [true, false])
        await expect(outbound([entry(own)], [address]).ask(`https://id.example:${port}/`, GET)).rejects.toBeInstanceOf(
          NotAskable,
        );
    // A private network is where an operator's own provider may be, and nobody else's.
    for (const address of ['10.0.0.5', '172.18.0.2', '192.168.1.1', 'fd00::1', '::ffff:10.0.0.5', '100.64.0.1'])
      await expect(
        outbound([entry(false)], [address]).ask(`https://id.example:${port}/`, GET),
        address,
      ).rejects.toBeInstanceOf(NotAskable);
    // One good address among bad ones makes none of them good.
    await expect(
      outbound([entry(true)], ['203.0.113.1', '127.0.0.1']).ask(`https://id.example:${port}/`, GET),
    ).rejects.toBeInstanceOf(NotAskable);
    expect(connections).toBe(0);
  });

  it('is asked where all of that holds, read to an end that is bounded, and followed nowhere', async ({ skip }) => {
    const address = Object.values(networkInterfaces())
      .flatMap((of) => of ?? [])
      .find(({ address: one }) => ['private', 'uniqueLocal'].includes(ipaddr.process(one).range()))?.address;
    if (address === undefined) return skip('this machine has no address of a private network');
    const { ask } = outbound([entry(true)], [address]);
    expect(await (await ask(`https://id.example:${port}/`, GET)).json()).toEqual({ here: true });
    const sent = await ask(`https://id.example:${port}/on`, GET);
    expect([sent.status, sent.headers.get('location')]).toEqual([302, `https://id.example:${port}/`]);
    await expect(ask(`https://id.example:${port}/large`, GET)).rejects.toThrow('too large');
    // A certificate of another name is nobody's that was named.
    await expect(
      outbound([entry(true, 'other.example')], [address]).ask(`https://other.example:${port}/`, GET),
    ).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });
});

it('a provider’s own document sends the center nowhere that the list has not (ASVS 13.2.4)', async () => {
  const elsewhere = 'https://inside.example/steal';
  let issuer = '';
  const provider = createPlain((_request, response) =>
    response.setHeader('content-type', 'application/json').end(
      JSON.stringify({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: elsewhere,
        userinfo_endpoint: 'http://169.254.169.254/latest/meta-data',
        jwks_uri: elsewhere,
      }),
    ),
  );
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void provider.close());
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const providerOf = makeProviders(Date.now, outbound(WELL_KNOWN, ['203.0.113.1'], true));
  const at = await providerOf({ issuer, clientId: 'c' } as SsoSettings, 'secret');
  const asked = await oidc.fetchUserInfo(at, 'token', 'subject').catch((error: Error) => error);
  expect([asked, (asked as Error).cause].some((error) => error instanceof NotAskable)).toBe(true);
  const callback = new URL('https://center.example/v1/sso/callback?code=c');
  const granted = await oidc.authorizationCodeGrant(at, callback).catch((error: Error) => error);
  expect([granted, (granted as Error).cause].some((error) => error instanceof NotAskable)).toBe(true);
  await expect(
    makeProviders(Date.now, outbound(WELL_KNOWN, ['203.0.113.1']))({ issuer, clientId: 'c' } as SsoSettings, null),
  ).rejects.toThrow();
});
