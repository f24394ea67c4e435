import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { createHttpCenter } from '../../../server-bridge/sync/http-center.ts';
import { createProver } from '../../../server-bridge/sync/prover.ts';
import { startCenter } from '../../center.ts';
import { DEMO_ADMIN, DEMO_PASSWORD, DEMO_USER } from '../../modules/demo/sign-in.ts';
import { type EnrolledStation, type TestCenter, testCenter } from '../../testing/center.ts';

let center: TestCenter;
let station: EnrolledStation;
const opened: Socket[] = [];
beforeAll(async () => {
  center = await testCenter();
  station = await center.enrol('Console');
});
afterAll(async () => {
  for (const socket of opened) socket.disconnect();
  await center?.close();
});

/** Whoever has the token and a key of their own, and knows the protocol as well as a station does. */
function thief() {
  const prover = createProver(signerOf(newSigningKey()), Date.now, (length) => randomBytes(length));
  return async (method: string, path: string, token: string, body?: object): Promise<number> => {
    const ask = (): Promise<Response> =>
      fetch(`${center.url}${path}`, {
        method,
        headers: {
          authorization: `DPoP ${token}`,
          dpop: prover.proof(method, new URL(path, center.url), token),
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    const first = await ask();
    prover.heard(first.headers.get('dpop-nonce'));
    return (await ask()).status;
  };
}

function live(auth: object, url = center.url): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = io(url, { path: '/v1/live', transports: ['websocket'], auth, reconnection: false, forceNew: true });
    opened.push(socket);
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}

const DOORS: readonly [method: string, path: string, body?: object][] = [
  ['GET', '/v1/sync/pull?after=0'],
  ['GET', '/v1/sync/snapshot'],
  ['POST', '/v1/sync/push', { frames: [], keys: [] }],
  ['GET', '/v1/documents/any'],
  ['POST', '/v1/sessions', { user: DEMO_USER, password: DEMO_PASSWORD, position: null }],
];

describe('a token copied from a workstation', () => {
  it('opens no door elsewhere: not as a bearer, not with a proof of another key (ASVS 10.3.5)', async () => {
    const steal = thief();
    for (const [method, path, body] of DOORS) {
      const bearer = await fetch(`${center.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${station.token}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      expect([path, bearer.status]).toEqual([path, 401]);
      expect([path, await steal(method, path, station.token, body)]).toEqual([path, 401]);
    }
    expect((await center.call('GET', '/v1/sync/pull?after=0', undefined, station.token)).status).toBe(200);
  });

  it('opens no live channel', async () => {
    await expect(live({ token: station.token })).rejects.toMatchObject({ data: { code: 'proof' } });
    const prover = createProver(signerOf(newSigningKey()), Date.now, (length) => randomBytes(length));
    const address = new URL('/v1/live', center.url);
    const proof = (): string => prover.proof('GET', address, station.token);
    await expect(live({ token: station.token, proof: proof() })).rejects.toMatchObject({ data: { code: 'proof' } });
    const good = center.proven('GET', '/v1/live', station.token).dpop;
    expect((await live({ token: station.token, proof: good })).connected).toBe(true);
    // Its very proof, read on the way, is used up.
    await expect(live({ token: station.token, proof: good })).rejects.toMatchObject({ data: { code: 'proof' } });
  });

  it('of a person signed in there is bound to the workstation as well', async () => {
    const signedIn = await center.call<{ accessToken: string }>(
      'POST',
      '/v1/sessions',
      { user: DEMO_ADMIN, password: DEMO_PASSWORD, position: null },
      station.token,
    );
    const token = signedIn.body.accessToken;
    const bearer = await fetch(`${center.url}/v1/sites`, { headers: { authorization: `Bearer ${token}` } });
    expect(bearer.status).toBe(401);
    const cookie = await fetch(`${center.url}/v1/sites`, { headers: { cookie: `qd-access=${token}` } });
    expect(cookie.status).toBe(401);
    expect(await thief()('GET', '/v1/sites', token)).toBe(401);
    expect(await thief()('GET', '/v1/documents/any', token)).toBe(401);
    expect((await center.call('GET', '/v1/sites', undefined, token)).status).toBe(200);
  });

  it('is told what to prove: first the nonce, then what is wrong', async () => {
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${center.url}/v1/sync/pull`, { headers: { authorization: `DPoP ${station.token}`, ...headers } });
    const bare = await ask({});
    expect(bare.headers.get('www-authenticate')).toBe('DPoP error="invalid_dpop_proof", algs="EdDSA"');
    expect(bare.headers.get('dpop-nonce')).toMatch(/^[a-z0-9]+\.[\w-]{22}$/);
    expect(await bare.json()).toMatchObject({ code: 'dpop.proof' });
  });
});

describe('revoking a workstation', () => {
  it('closes its live channel and every door at once, at every node of the center', async () => {
    const second = await startCenter({
      ...{ dataDir: center.dataDir, port: 0, host: '127.0.0.1', databaseUrl: center.migratorUrl, log: 'silent' },
    });
    const gone = await center.enrol('Lost');
    const stays = await center.enrol('Kept');
    const open = async (of: EnrolledStation): Promise<Socket> =>
      live({ token: of.token, proof: center.proven('GET', '/v1/live', of.token).dpop });
    const [lost, kept] = [await open(gone), await open(stays)];
    const signer = signerOf(gone.privateKey);
    const random = (length: number): Uint8Array => randomBytes(length);
    const http = createHttpCenter({ url: second.url, station: gone.station, signer, clock: Date.now, random });
    const elsewhere = Promise.withResolvers<string>();
    await new Promise<void>((resolve) => {
      http.live({
        onUp: resolve,
        onDown: elsewhere.resolve,
        onPage: () => {},
        onPresence: () => {},
        onRoster: () => {},
        onSessionEnded: () => {},
      });
    });
    const down = Promise.all([new Promise((resolve) => lost.once('disconnect', resolve)), elsewhere.promise]);
    expect((await center.call('GET', '/v1/sync/pull', undefined, gone.token)).status).toBe(200);
    const began = performance.now();
    await center.call('POST', `/v1/devices/${gone.station}/revoke`, {}, center.adminToken);
    await down;
    expect(performance.now() - began).toBeLessThan(1_000);
    while ((await center.call('GET', '/v1/sync/pull', undefined, gone.token)).status !== 401) await delay(20);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(kept.connected).toBe(true);
    await http.close();
    await second.close();
  });
});
