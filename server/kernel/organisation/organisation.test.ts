import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { ModulesOutSchema, PermissionsOutSchema, WhyOutSchema } from '#domain/identity/api/organisation.ts';
import { signatureHolds } from '#sealing/signing.ts';
import { DEMO_ORG, DEMO_PASSWORD, DEMO_USER } from '../../modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator, tampering } from '../../testing/postgres.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';

let center: TestCenter;
let operator: string;
let dispatcher: { readonly accessToken: string; readonly user: string };
beforeAll(async () => {
  center = await testCenter();
  operator = readFileSync(join(center.dataDir, 'operator.token'), 'utf8').trim();
  dispatcher = (
    await center.call<typeof dispatcher>('POST', '/v1/sessions', { user: DEMO_USER, password: DEMO_PASSWORD })
  ).body;
});
afterAll(() => center.close());

/** Doors may remember for a second how an organisation stands. */
const settled = () => delay(1_100);
const move = async (state: string, token = operator) => {
  const answer = await center.call(
    'POST',
    `/v1/operator/organisations/${DEMO_ORG}/state`,
    { state, reason: 'asked for' },
    token,
  );
  await settled();
  return answer;
};
const get = <T = Record<string, unknown>>(path: string, token = center.adminToken) =>
  center.call<T>('GET', path, undefined, token);

describe('an organisation', () => {
  it('is moved by the operator alone, and tells its people what that means', async () => {
    expect((await move('READ_ONLY', center.adminToken)).status).toBe(401);
    expect((await move('READ_ONLY')).status).toBe(200);
    expect((await get('/v1/organisation', dispatcher.accessToken)).body).toMatchObject({
      state: 'READ_ONLY',
      reason: 'asked for',
    });
    const body = { login: 'new', name: 'New', roles: ['dispatcher'], site: null };
    const refused = await center.call('POST', '/v1/invitations', body, center.adminToken);
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ code: 'organisation.state', decision: { verdict: 'BLOCK' } });
    expect((await get('/v1/entities/incident')).status).toBe(200);
    expect((await move('ACTIVE')).status).toBe(200);
    expect((await center.call('POST', '/v1/invitations', body, center.adminToken)).status).toBe(200);
  });

  it('goes on dispatching while it is suspended', async () => {
    await move('SUSPENDED');
    const station = await center.enrol('Suspended');
    expect((await station.push(pushOf(station.append(opening(newEntity('incident')))))).status).toBe(200);
    expect((await get('/v1/entities/incident')).body).toMatchObject({ code: 'organisation.state' });
    for (const path of ['/v1/entities/incident?sealed=open', '/v1/documents/one', '/v1/facts?entity=incident:one'])
      expect((await get(path, station.token)).body).toMatchObject({ code: 'organisation.state' });
    await move('ACTIVE');
  });

  it('that is terminated keeps its records for their retention, and can be taken back', async () => {
    const terminated = await move('TERMINATED');
    const { destroyAfter } = terminated.body as { destroyAfter: number };
    expect(destroyAfter).toBeGreaterThan(Date.now() + 6 * 365 * 86_400_000);
    expect((await move('READ_ONLY')).body).toMatchObject({ code: 'organisation.move' });
    expect((await move('ACTIVE')).status).toBe(200);
    const { rows } = await asMigrator(center, (client) =>
      client.query(
        `select actor, after ->> 'state' as state from audit.entry where tbl = 'kernel.organisation' and op = 'update' order by id`,
      ),
    );
    expect(rows.at(-2)).toEqual({ actor: 'operator', state: 'TERMINATED' });
  });
});

describe('modules', () => {
  const at = async (name: string) =>
    (await get<z.infer<typeof ModulesOutSchema>>('/v1/modules')).body.modules.find((module) => module.name === name);

  it('are switched by administrators, and take along what needs them', async () => {
    const off = await center.call('POST', '/v1/modules/epcr', { on: false, reason: 'paper charts' }, center.adminToken);
    expect(off.status).toBe(200);
    expect(await at('billing')).toMatchObject({ position: 'with another' });
    await settled();
    expect((await get('/v1/entities/trip')).body).toMatchObject({ code: 'module.off' });
    expect((await get('/v1/entities/run')).status).toBe(200);
    // Nor does a workstation read on by itself, with nobody signed in at it.
    const { token } = await center.enrol('Reading on');
    for (const kind of ['trip', 'chart'])
      expect((await get(`/v1/entities/${kind}`, token)).body).toMatchObject({ code: 'module.off' });
    expect((await get('/v1/entities/run', token)).status).toBe(200);
    await center.call('POST', '/v1/modules/epcr', { on: true, reason: 'back' }, center.adminToken);
    await settled();
    expect((await get('/v1/entities/trip')).status).toBe(200);
  });

  it('that the operator stopped are the operator’s to start', async () => {
    const kill = (on: boolean) =>
      center.call(
        'POST',
        `/v1/operator/organisations/${DEMO_ORG}/modules/billing`,
        { on, reason: 'a fault' },
        operator,
      );
    await kill(false);
    expect(await at('billing')).toMatchObject({ position: 'killed' });
    const lift = await center.call('POST', '/v1/modules/billing', { on: true, reason: 'please' }, center.adminToken);
    expect(lift.body).toMatchObject({ code: 'module.killed' });
    await kill(true);
    expect(await at('billing')).toMatchObject({ position: 'on' });
  });

  it('that the organisation had off itself are off again once the operator lifts what stopped them', async () => {
    const own = (on: boolean) =>
      center.call('POST', '/v1/modules/billing', { on, reason: 'billed elsewhere' }, center.adminToken);
    const kill = (on: boolean) =>
      center.call(
        'POST',
        `/v1/operator/organisations/${DEMO_ORG}/modules/billing`,
        { on, reason: 'a fault' },
        operator,
      );
    await own(false);
    expect((await kill(true)).body).toMatchObject({ code: 'module.off', field: 'module' });
    await kill(false);
    await kill(false);
    expect(await at('billing')).toMatchObject({ position: 'killed' });
    expect((await kill(true)).status).toBe(200);
    expect(await at('billing')).toMatchObject({ position: 'off', why: expect.stringContaining('billed elsewhere') });
    expect((await kill(true)).body).toMatchObject({ code: 'module.off' });
    expect((await own(true)).status).toBe(200);
    expect(await at('billing')).toMatchObject({ position: 'on' });
  });

  it('that dispatching stands on are never off', async () => {
    const off = await center.call('POST', '/v1/modules/cad', { on: false, reason: 'no' }, center.adminToken);
    expect(off.body).toMatchObject({ code: 'module.essential', field: 'module' });
  });
});

describe('permissions', () => {
  it('are shown whole, with who has them (ASVS 8.1.1)', async () => {
    const { modules, roles } = (await get<z.infer<typeof PermissionsOutSchema>>('/v1/permissions')).body;
    expect(roles).toHaveLength(16);
    const all = modules.flatMap(({ permissions }) => permissions);
    expect(all.find(({ name }) => name === 'chart.read')?.may).not.toContain('dispatcher');
    expect(all.find(({ name }) => name === 'unit.dispatched@1')).toMatchObject({ kind: 'fact' });
  });

  it('are explained for one person and one thing', async () => {
    const why = async (permission: string) =>
      (
        await get<z.infer<typeof WhyOutSchema>>(
          `/v1/permissions/why?person=${dispatcher.user}&permission=${permission}`,
        )
      ).body.decision;
    expect((await why('chart.read')).rules[0]).toMatchObject({ rule: 'role@1' });
    expect((await why('incident.read')).verdict).toBe('ALLOW');
    expect((await get('/v1/permissions/why?person=nobody&permission=chart.read')).status).toBe(404);
    expect((await get('/v1/permissions', dispatcher.accessToken)).body).toMatchObject({ code: 'role.missing' });
  });
});

describe('what an organisation takes away from a role', () => {
  const restrict = (permission: string, withheld: boolean, token = center.adminToken) =>
    center.call(
      'POST',
      `/v1/permissions/${encodeURIComponent(permission)}/restriction`,
      { role: 'dispatcher', withheld, reason: 'the room reads no charts of calls' },
      token,
    );

  it('is refused at the doors with its reason, shown in the matrix, and given back', async () => {
    expect((await restrict('incident.read', true, dispatcher.accessToken)).body).toMatchObject({
      code: 'role.missing',
    });
    const taken = await restrict('incident.read', true);
    expect(taken.status).toBe(200);
    const shown = (taken.body as z.infer<typeof PermissionsOutSchema>).modules
      .flatMap(({ permissions }) => permissions)
      .find(({ name }) => name === 'incident.read');
    expect(shown?.withheld).toEqual([{ role: 'dispatcher', reason: 'the room reads no charts of calls' }]);
    const refused = await get('/v1/entities/incident', dispatcher.accessToken);
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ code: 'role.restricted' });
    const why = await get<z.infer<typeof WhyOutSchema>>(
      `/v1/permissions/why?person=${dispatcher.user}&permission=incident.read`,
    );
    expect(why.body.decision.rules[0]).toMatchObject({ rule: 'restriction@1', verdict: 'BLOCK' });
    expect(why.body.decision.rules[0]?.reason).toContain('the room reads no charts of calls');
    expect((await get('/v1/organisation', dispatcher.accessToken)).body).toMatchObject({
      restrictions: [{ role: 'dispatcher', withheld: [{ permission: 'incident.read' }] }],
    });
    expect((await restrict('incident.read', false)).status).toBe(200);
    expect((await get('/v1/entities/incident', dispatcher.accessToken)).status).toBe(200);
    expect((await restrict('no.such', true)).body).toMatchObject({ code: 'permission.unknown' });
  });
});

describe('the end of an organisation', () => {
  const destroy = (body: object = { confirm: DEMO_ORG, reason: 'seven years are over' }) =>
    center.call('POST', `/v1/operator/organisations/${DEMO_ORG}/destruction`, body, operator);

  it('waits for its retention, for every hold, and for the name typed once more', async () => {
    expect((await destroy({ confirm: 'demo?', reason: 'x' })).body).toMatchObject({ code: 'confirm.differs' });
    expect((await destroy()).body).toMatchObject({ code: 'organisation.not_terminated' });
    await move('TERMINATED');
    expect((await destroy()).body).toMatchObject({
      code: 'organisation.retention',
      detail: expect.stringMatching(/kept until 20\d\d-\d\d-\d\d;/),
    });
    await tampering(center, (client) => client.query('update kernel.organisation set destroy_after = 1'));
    await asMigrator(center, (client) =>
      client.query(
        `insert into kernel.legal_hold (org, id, entity, tbl, row_id, reason, placed_at) values ($1, 'h', 'x', 'x', 'x', 'a court', 1)`,
        [DEMO_ORG],
      ),
    );
    expect((await destroy()).body).toMatchObject({ code: 'organisation.held' });
    await asMigrator(center, (client) => client.query('update kernel.legal_hold set released_at = 1'));
    // A certificate that cannot be kept is asked for before there is nothing to go back to.
    const folder = join(center.dataDir, 'certificates');
    writeFileSync(folder, '');
    expect((await destroy()).body).toMatchObject({ code: 'certificate.unwritable' });
    rmSync(folder);
    expect((await get('/v1/organisation')).status).toBe(200);
  });

  it('is a certificate that the organisation’s own key signed, sealed in its audit, and nothing can be opened any more', async () => {
    // Something else at the database is under way, from after an entry that is not sealed yet to well after the destruction.
    const certified = await asMigrator(center, async (client) => {
      await client.query(`update kernel.organisation set name = name || '.'`);
      await client.query('begin; select pg_current_xact_id()');
      const destroyed = destroy();
      await delay(700);
      await client.query('commit');
      return destroyed;
    });
    expect(certified.status).toBe(200);
    const { certificate, signedBy, signature } = certified.body as { [name: string]: string };
    expect(signatureHolds(signedBy ?? '', `qd.destruction.1|${certificate}`, signature ?? '')).toBe(true);
    const said = JSON.parse(certificate ?? '') as { keys: { [level: string]: number }; sealed: { facts: number } };
    expect(said.keys).toMatchObject({ organisation: 1, signing: 1 });
    expect(said.keys.entity).toBeGreaterThan(0);
    expect(said.sealed.facts).toBeGreaterThan(0);
    const [left, unsealed] = await asMigrator(center, async (client) => [
      (
        await client.query(`select (select count(*) from keys.organisation)::int + (select count(*) from keys.site)::int
          + (select count(*) from keys.entity)::int + (select count(*) from keys.inner)::int
          + (select count(*) from keys.signing where length(wrapped) > 0)::int as keys`)
      ).rows[0],
      (
        await client.query(`select count(*)::int as entries from audit.entry e, (select * from audit.seal order by position desc limit 1) s
          where (e.xid, e.id) > (s.to_xid, s.to_id)`)
      ).rows[0],
    ]);
    expect(left).toEqual({ keys: 0 });
    expect(unsealed).toEqual({ entries: 0 });
    const file = readFileSync(join(center.dataDir, 'certificates', `${DEMO_ORG}.json`), 'utf8');
    expect(JSON.parse(file)).toMatchObject({ signature });
    await settled();
    expect((await get('/v1/organisation')).status).toBe(401);
    const signIn = await center.call('POST', '/v1/sessions', {
      user: `${DEMO_USER}@${DEMO_ORG}`,
      password: DEMO_PASSWORD,
    });
    expect(signIn.status).toBe(401);
    expect((await destroy()).body).toMatchObject({ code: 'organisation.destroyed' });
    expect((await center.call('GET', '/v1/operator/organisations', undefined, operator)).body).toMatchObject({
      organisations: [{ org: DEMO_ORG, state: 'TERMINATED' }],
    });
    // Its audit is what is left, to be held by whoever runs the center.
    const of = `/v1/operator/organisations/${DEMO_ORG}`;
    const held = await center.call('GET', `${of}/audit/verification`, undefined, operator);
    expect(held.body).toMatchObject({ brokenAt: null, why: null, sealed: expect.any(Number) });
    const rows = await center.call('GET', `${of}/rows/verification`, undefined, operator);
    expect(rows.body).toMatchObject({ code: 'organisation.destroyed' });
    const stop = await center.call('POST', `${of}/modules/billing`, { on: false, reason: 'why' }, operator);
    expect(stop.body).toMatchObject({ code: 'organisation.destroyed' });
  });
});
