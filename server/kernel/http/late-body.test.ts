/** Who was let past the door is asked for once more when their body is here: it may be on its way for a minute. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { READS } from '#domain/modules.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await testCenter();
});
afterAll(() => center?.close());

interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Asks with a body that comes only once `meanwhile` is done. */
async function askedLate(path: string, token: string, body: object, meanwhile: () => Promise<void>): Promise<Answered> {
  const bytes = JSON.stringify(body);
  const headers = {
    ...center.proven('POST', path, token),
    ...{
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(bytes)),
      expect: '100-continue',
    },
  };
  const call = request(`${center.url}${path}`, { method: 'POST', headers });
  const response = once(call, 'response') as Promise<[IncomingMessage]>;
  call.flushHeaders();
  await once(call, 'continue');
  await meanwhile();
  // Not so soon after its head that it could have been here together with it.
  await delay(500);
  call.end(bytes);
  const [answer] = await response;
  return { status: answer.statusCode ?? 0, body: JSON.parse(await text(answer)) };
}

it('a workstation that is revoked while its greeting is on its way gets no key of the site (ASVS 7.4.1)', async () => {
  const station = await center.enrol('Stolen');
  const greeting = { wire: 1, build: 'x', reads: [...READS], cursor: null, logs: [], lanAddress: '', grants: [] };
  const greet = (meanwhile: () => Promise<void>) => askedLate('/v1/sync/hello', station.token, greeting, meanwhile);
  expect((await center.call('POST', '/v1/sync/hello', greeting, station.token)).status).toBe(200);
  expect((await greet(async () => undefined)).body.siteKeys).toHaveLength(1);
  const { status, body } = await greet(async () => {
    const path = `/v1/devices/${station.station}/revoke`;
    expect((await center.call('POST', path, {}, center.adminToken)).status).toBe(200);
  });
  expect([status, body.siteKeys]).toEqual([401, undefined]);
});

it('somebody who is withdrawn while their search is on its way reads nothing of it (ASVS 7.4.2)', async () => {
  const { token, person } = await center.member('sally', ['supervisor']);
  const search = (meanwhile: () => Promise<void>) =>
    askedLate('/v1/entities/incident/search', token, { callback: '5550100' }, meanwhile);
  expect((await search(async () => undefined)).status).toBe(200);
  const { status, body } = await search(async () => {
    const path = `/v1/people/${person}/change`;
    expect((await center.call('POST', path, { active: false }, center.adminToken)).status).toBe(200);
  });
  expect([status, body.items]).toEqual([401, undefined]);
});
