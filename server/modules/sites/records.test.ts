import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { DEMO_PASSWORD, DEMO_USER } from '../demo/sign-in.ts';

let center: TestCenter;
let other: string;
/** The other site's administrator. */
let north: string;
const PASSWORD = 'kelp forests in the fog';
beforeAll(async () => {
  center = await testCenter();
  const made = await center.call<{ site: string; invitation: { code: string } }>(
    'POST',
    '/v1/sites',
    {
      name: 'North Bay 911',
      timeZone: 'America/Los_Angeles',
      admin: { user: 'north-admin' },
    },
    center.adminToken,
  );
  other = made.body.site;
  const { code } = made.body.invitation;
  const accepted = await center.call<{ user: string }>('POST', '/v1/invitations/accept', { code, password: PASSWORD });
  north = await tokenOf(accepted.body.user, PASSWORD);
});
afterAll(() => center.close());

const tokenOf = async (user: string, password: string): Promise<string> =>
  (await center.call<{ accessToken: string }>('POST', '/v1/sessions', { user, password })).body.accessToken;
const put = (site: string, record: object, token = center.adminToken) =>
  center.call('POST', `/v1/sites/${site}/records`, { records: [record] }, token);
const position = (over: object = {}) => ({
  kind: 'position',
  id: randomUUID(),
  version: 0,
  body: { name: '9', covers: 'Fire' },
  ...over,
});

describe('the roster of a site, set at the center', () => {
  it('is put at the site that is named, though the organisation has several', async () => {
    const record = position();
    expect((await put(other, record)).body).toEqual({ versions: [{ kind: 'position', id: record.id, version: 1 }] });
    const rows = await center.call<{ items: { id: string; body: object }[] }>(
      'GET',
      `/v1/entities/position?filter[site]=${other}`,
      undefined,
      center.adminToken,
    );
    expect(rows.body.items.find(({ id }) => id === record.id)?.body).toEqual(record.body);
    // The answer was lost: the same again changes nothing.
    expect((await put(other, record)).status).toBe(200);
    expect((await put(other, { ...record, body: { name: '10', covers: '' } })).body).toMatchObject({
      code: 'record.refused',
      decision: { rules: [{ rule: 'record.version@1' }] },
    });
  });

  it('names the field at fault', async () => {
    const unit = {
      kind: 'roster_unit',
      body: { callsign: 'lower', kind: 'ambulance', agency: null, home: null, capabilities: [], active: true },
    };
    expect((await put(other, position(unit))).body).toMatchObject({ status: 422, field: 'callsign' });
    expect((await put(other, position({ kind: 'incident' }))).status).toBe(403);
    expect((await put(other, position({ kind: 'nothing' }))).body).toMatchObject({ status: 422, field: 'kind' });
    expect((await put('elsewhere', position())).body).toMatchObject({ status: 404, field: 'site' });
  });

  it('is not for another site’s administrator, nor for a dispatcher', async () => {
    expect((await put(other, position(), north)).status).toBe(200);
    expect((await put(center.site, position(), north)).body).toMatchObject({ status: 403, code: 'reach.beyond' });
    const dispatcher = await tokenOf(DEMO_USER, DEMO_PASSWORD);
    expect((await put(center.site, position(), dispatcher)).body).toMatchObject({ status: 403, code: 'role.missing' });
  });
});
