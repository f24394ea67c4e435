import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PolicyOut } from '#domain/identity/api/policy.ts';
import { DEFAULT_POLICY } from '#domain/identity/policy.ts';
import type { SessionOut } from '#domain/wire/sync.ts';
import { DEMO_PASSWORD, DEMO_USER } from '../../../modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../../testing/center.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { makeBearers } from '../bearers.ts';
import { OPERATOR } from '../ports.ts';
import { refresh } from '../sessions/refresh.ts';
import { signIn } from '../sign-in/sign-in.ts';
import {
  type IdentityWorld,
  identityWorld,
  must,
  organisationWithSite,
  PASSWORD,
  person,
  workstation,
} from '../testing/identity.ts';
import { changePolicy, policyOf } from './policy.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('the policy of an organisation', () => {
  let world: IdentityWorld;
  beforeAll(async () => {
    world = await identityWorld();
  });
  afterAll(() => world.close());

  it('says when sign-in pauses, and for how long', async () => {
    await organisationWithSite(world, 'strict');
    await person(world, 'strict', 'pat', ['dispatcher']);
    const lockout = { tries: 3, windowMinutes: 10, pauseMinutes: 60 };
    must(await changePolicy(world.ports, OPERATOR, 'strict', { policy: { ...DEFAULT_POLICY, lockout }, version: 1 }));
    const tried = async (password: string) =>
      (await signIn(world.ports, { device: null, user: 'pat@strict', password, position: null })).ok;
    for (let i = 0; i < 3; i++) await tried('wrong wrong wrong');
    expect(await tried(PASSWORD)).toBe(false);
    world.time.now += 59 * MINUTE;
    expect(await tried(PASSWORD)).toBe(false);
    world.time.now += 2 * MINUTE;
    expect(await tried(PASSWORD)).toBe(true);
  });

  it('says for how long, and with which roles, somebody signs in without the center', async () => {
    const site = await organisationWithSite(world, 'narrow');
    const seat = await workstation(world, 'narrow', site);
    await person(world, 'narrow', 'sam', ['admin', 'dispatcher', 'supervisor'], site);
    const input = { device: seat, user: 'sam', password: PASSWORD, position: null };
    const first = must(await signIn(world.ports, input)) as SessionOut;
    expect(first.roles).toEqual(['admin', 'dispatcher', 'supervisor']);
    expect(first.grant.roles).toEqual(['dispatcher', 'supervisor']);
    const standings = () =>
      world.log.intake('narrow', async (tx) => (await tx.authors([], [first.session, first.grant.id])).standings);
    expect((await standings()).get(first.session)?.roles).toEqual(['admin', 'dispatcher', 'supervisor']);
    expect((await standings()).get(first.grant.id)?.roles).toEqual(['dispatcher', 'supervisor']);
    const offline = { hours: 8, roles: ['dispatcher' as const] };
    must(await changePolicy(world.ports, OPERATOR, 'narrow', { policy: { ...DEFAULT_POLICY, offline }, version: 1 }));
    const next = must(await refresh(world.ports, { refreshToken: first.refreshToken, device: seat })) as SessionOut;
    expect(next.grant.expiresAt - next.grant.issuedAt).toBe(8 * HOUR);
    expect(next.grant.roles).toEqual(['dispatcher']);
  });

  it('is read as it was stored once, also by the doors that ask it of every caller', async () => {
    await organisationWithSite(world, 'older');
    await person(world, 'older', 'oli', ['dispatcher']);
    await asMigrator(world.database, (client) =>
      client.query(`update identity.policy set body = body || '{"auditYears": 7}' where org = 'older'`),
    );
    const input = { device: null, user: 'oli@older', password: PASSWORD, position: null };
    const { accessToken } = must(await signIn(world.ports, input)) as SessionOut;
    expect(await makeBearers(world.ports).userOf(accessToken)).toMatchObject({ org: 'older' });
  });

  it('is not set from an old state of it', async () => {
    await organisationWithSite(world, 'twice');
    const change = { policy: { ...DEFAULT_POLICY, idleLockMinutes: 5 }, version: 1 };
    const both = await Promise.all([1, 2].map(() => changePolicy(world.ports, OPERATOR, 'twice', change)));
    expect(both.map((outcome) => outcome.ok).sort()).toEqual([false, true]);
    expect(await policyOf(world.ports, 'twice')).toMatchObject({ idleLockMinutes: 5, lockout: { tries: 5 } });
  });
});

describe('its door', () => {
  let center: TestCenter;
  beforeAll(async () => {
    center = await testCenter();
  });
  afterAll(() => center.close());

  it('lets an administrator of the whole organisation set it, with a reason, and others not', async () => {
    const path = '/v1/organisation/policy';
    const held = await center.call<PolicyOut>('GET', path, undefined, center.adminToken);
    expect(held.body).toMatchObject({ policy: DEFAULT_POLICY, version: 1, changedBy: null });
    expect(held.body.reason).toContain('The demo asks nobody for a second factor');
    const body = { policy: { ...DEFAULT_POLICY, idleLockMinutes: 10 }, version: 1, reason: 'The room is shared.' };
    const { accessToken } = (
      await center.call<{ accessToken: string }>('POST', '/v1/sessions', { user: DEMO_USER, password: DEMO_PASSWORD })
    ).body;
    expect((await center.call('PUT', path, body, accessToken)).body).toMatchObject({ code: 'role.missing' });
    const weak = { ...body, policy: { ...body.policy, idleLockMinutes: 0 } };
    expect((await center.call('PUT', path, weak, center.adminToken)).body).toMatchObject({
      field: 'policy.idleLockMinutes',
    });
    const set = await center.call<PolicyOut>('PUT', path, body, center.adminToken);
    expect(set.body).toMatchObject({
      ...{ policy: { idleLockMinutes: 10 }, version: 2 },
      reason: body.reason,
    });
    expect(set.body.changedBy).not.toBeNull();
    expect((await center.call('PUT', path, body, center.adminToken)).body).toMatchObject({ code: 'policy.changed' });
  });
});
