import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FACT_CONTESTED } from '#domain/kernel/fold.ts';
import { type Grant, grantText, type SessionOut } from '#domain/wire/sync.ts';
import { newSigningKey, type Signer, signerOf } from '#sealing/signing.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { pushFrames } from '../../intake/testing/push.ts';
import { newEntity, opening, pushOf, random, testStation } from '../../intake/testing/station.ts';
import { revokeDevice } from '../devices/devices.ts';
import { issueReset, resetPassword } from '../passwords/new-password.ts';
import { changePerson } from '../people/people.ts';
import { OPERATOR } from '../ports.ts';
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
import type { DeviceBearer } from '../tokens/tokens.ts';
import { takeBackGrants } from './returned-grants.ts';

const HOUR = 3_600_000;
const ORG = 'alpha';
const UNKNOWN = 'The sign-in is not known to the center.';
const ENDED = 'The right to sign in had ended.';

let world: IdentityWorld;
let site: string;
let seat: DeviceBearer;
const deviceKey = newSigningKey();
const contested = new Map<string, string>();

beforeAll(async () => {
  world = await identityWorld();
  site = await organisationWithSite(world, ORG);
  seat = await workstation(world, ORG, site, 'Seat 1', deviceKey);
  world.log.onCommit(({ facts }) => {
    for (const { type, content } of facts) {
      const said = content as { fact: string; reason: string };
      if (type === FACT_CONTESTED) contested.set(said.fact, said.reason);
    }
  });
});
afterAll(() => world?.close());

let people = 0;
/** Somebody new signs in; then the center is put back to what it was before they did. */
async function forgotten(): Promise<SessionOut> {
  const login = `person${++people}`;
  await person(world, ORG, login, ['dispatcher'], site);
  const input = { device: seat, user: login, password: PASSWORD, position: null };
  const out = must(await signIn(world.ports, input)) as SessionOut;
  await forget(out);
  return out;
}

async function forget({ session, grant }: SessionOut): Promise<void> {
  await asMigrator(world.database, async (client) => {
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    await client.query('delete from kernel.standing where session = any ($1)', [[session, grant.id]]);
    await client.query('delete from identity.offline_grant where id = $1', [grant.id]);
    await client.query('delete from identity.refresh_token where session = $1', [session]);
    await client.query('delete from identity.session where id = $1', [session]);
    await client.query('commit');
  });
}

const show = async (...grants: readonly Grant[]): Promise<number> =>
  takeBackGrants(world.ports.db, (await world.ports.keys.centerKeys(ORG)).publicKeys, seat, grants);

/** Why a fact made under a session at a moment is contested, or null where it counts. */
async function judged(session: string, by: string, at: number = world.time.now): Promise<string | null> {
  const keys = await world.ports.keys.centerKeys(ORG);
  const siteKey = (await world.ports.keys.siteKeys(ORG, site))[0];
  if (!siteKey) throw new Error('no site key');
  const there = testStation(
    seat.station,
    { org: ORG, site, siteKey },
    { session, by, privateKey: deviceKey, now: () => at },
  );
  const made = there.append(opening(newEntity('incident')));
  const out = await pushFrames(world.log, keys, { clock: () => world.time.now, random }, ORG, site, pushOf(made));
  expect(out.problems).toEqual([]);
  return contested.get(made.fact.id) ?? null;
}

function resigned(grant: Grant, over: Partial<Grant>, by: Signer): Grant {
  const said = { ...grant, ...over };
  return { ...said, sig: by.sign(grantText(said)) };
}

const auditOf = async (grant: string): Promise<unknown[]> =>
  (
    await world.database.db.inOrgClient({ org: ORG }, (client) =>
      client.query(
        `select actor, after from audit.entry where op = 'act' and tbl = 'kernel.standing' and after -> 'grants' ? $1`,
        [grant],
      ),
    )
  ).rows;

describe('grants shown by a station', () => {
  it('stand again, with the session they were issued in, as long as the center had said', async () => {
    const { session, user, grant } = await forgotten();
    expect(await judged(session, user)).toBe(UNKNOWN);
    expect(await show(grant)).toBe(2);
    expect(await judged(session, user)).toBeNull();
    expect(await judged(grant.id, user)).toBeNull();
    expect(await judged(grant.id, 'somebody-else')).toBe(UNKNOWN);
    expect(await judged(grant.id, user, grant.issuedAt - HOUR)).toBe('It was written before the sign-in.');
    expect(await auditOf(grant.id)).toEqual([
      {
        actor: `station:${seat.station}`,
        after: { act: 'forgotten grants taken back', grants: [grant.id], written: 2 },
      },
    ]);
    expect(await show(grant)).toBe(0);
    expect(await auditOf(grant.id)).toHaveLength(1);
  });

  it('are each other’s when a session had several', async () => {
    const { session, user, grant } = await forgotten();
    const { signer } = await world.ports.keys.centerKeys(ORG);
    const later = { id: `${grant.id}-2`, issuedAt: grant.issuedAt + HOUR, expiresAt: grant.expiresAt + HOUR };
    expect(await show(resigned(grant, later, signer), grant)).toBe(3);
    const { rows } = await asMigrator(world.database, (client) =>
      client.query('select valid_from, valid_until from kernel.standing where session = $1', [session]),
    );
    expect(rows.map((row) => [Number(row.valid_from), Number(row.valid_until)])).toEqual([
      [grant.issuedAt, later.expiresAt],
    ]);
    expect(await judged(later.id, user, later.issuedAt)).toBeNull();
  });

  it('change nothing when forged, raised, of another organisation, site or station', async () => {
    const { session, user, grant } = await forgotten();
    const mallory = signerOf(newSigningKey());
    const { signer } = await world.ports.keys.centerKeys(ORG);
    await organisationWithSite(world, 'beta');
    const beta = (await world.ports.keys.centerKeys('beta')).signer;
    const bad = [
      resigned(grant, {}, mallory),
      { ...grant, roles: ['admin' as const] },
      { ...grant, expiresAt: grant.expiresAt + HOUR },
      { ...grant, session: 'another' },
      resigned(grant, {}, beta),
      resigned(grant, { org: 'beta' }, beta),
      resigned(grant, { org: 'beta' }, signer),
      resigned(grant, { site: 'elsewhere' }, signer),
      resigned(grant, { station: 'elsewhere' }, signer),
    ];
    expect(await show(...bad)).toBe(0);
    expect(await judged(session, user)).toBe(UNKNOWN);
    expect(await judged(grant.id, user)).toBe(UNKNOWN);
    expect(await auditOf(grant.id)).toEqual([]);
  });

  it('give no more time than they had', async () => {
    const { session, user, grant } = await forgotten();
    const { signer } = await world.ports.keys.centerKeys(ORG);
    const over = { issuedAt: world.time.now - 80 * HOUR, expiresAt: world.time.now - 8 * HOUR };
    await asMigrator(world.database, (client) =>
      client.query('update identity.person set created_at = 1, changed_at = 1 where id = $1', [user]),
    );
    expect(await show(resigned(grant, over, signer))).toBe(2);
    for (const under of [session, grant.id]) {
      expect(await judged(under, user)).toBe(ENDED);
      expect(await judged(under, user, over.expiresAt - HOUR)).toBeNull();
    }
  });

  it('bring back no right that was withdrawn', async () => {
    const login = `person${++people}`;
    const who = await person(world, ORG, login, ['dispatcher'], site);
    const input = { device: seat, user: login, password: PASSWORD, position: null };
    const { session, user, grant } = must(await signIn(world.ports, input)) as SessionOut;
    world.time.now += HOUR;
    must(await changePerson(world.ports, OPERATOR, ORG, who, { active: false }));
    expect(await show(grant)).toBe(0);
    for (const under of [session, grant.id]) expect(await judged(under, user)).toBe(ENDED);
  });

  const resetting = async (user: string): Promise<void> => {
    const { code } = must(await issueReset(world.ports, OPERATOR, ORG, user));
    must(await resetPassword(world.ports, 'call', { code, password: 'another long password' }));
  };
  const changing = (change: Parameters<typeof changePerson>[4]) => async (user: string) => {
    must(await changePerson(world.ports, OPERATOR, ORG, user, change));
  };

  it('last to the moment at which a right of their person was taken away, where the database knows it', async () => {
    for (const take of [changing({ active: false }), changing({ roles: ['biller'] }), resetting]) {
      const { session, user, grant } = await forgotten();
      world.time.now += HOUR;
      await take(user);
      world.time.now += HOUR;
      // What is changed afterwards moves that moment no further.
      world.time.now += HOUR;
      await changing({ active: true, name: 'Another name' })(user);
      expect(await show(grant)).toBe(2);
      for (const under of [session, grant.id]) {
        expect(await judged(under, user, grant.issuedAt + 1)).toBeNull();
        expect(await judged(under, user, grant.issuedAt + HOUR)).toBe(ENDED);
        expect(await judged(under, user)).toBe(ENDED);
      }
    }
  });

  it('last on where their person was changed and lost nothing by it', async () => {
    const { session, user, grant } = await forgotten();
    world.time.now += HOUR;
    await changing({ name: 'Married name', email: 'new@psap.example', active: true })(user);
    await changing({ roles: ['dispatcher', 'supervisor'] })(user);
    world.time.now += HOUR;
    expect(await show(grant)).toBe(2);
    for (const under of [session, grant.id]) expect(await judged(under, user)).toBeNull();
  });

  it('stand for a person who came after the backup', async () => {
    const { session, user, grant } = await forgotten();
    await asMigrator(world.database, async (client) => {
      await client.query('set session_replication_role = replica');
      await client.query('delete from identity.person where id = $1', [user]);
    });
    expect(await show(grant)).toBe(2);
    expect(await judged(session, user)).toBeNull();
  });

  it('are withdrawn later as any other, and open no session', async () => {
    const { session, user, grant } = await forgotten();
    expect(await show(grant)).toBe(2);
    const { rows } = await asMigrator(world.database, (client) =>
      client.query('select ended_at is not null as ended from identity.session where id = $1', [session]),
    );
    expect(rows).toEqual([{ ended: true }]);
    world.time.now += HOUR;
    must(await changePerson(world.ports, OPERATOR, ORG, user, { active: false }));
    for (const under of [session, grant.id]) expect(await judged(under, user)).toBe(ENDED);
  });

  it('go with their workstation', async () => {
    const { user, grant } = await forgotten();
    expect(await show(grant)).toBe(2);
    world.time.now += HOUR;
    must(await revokeDevice(world.ports, OPERATOR, ORG, seat.station));
    const { rows } = await asMigrator(world.database, (client) =>
      client.query('select valid_until from kernel.standing where session = $1', [grant.id]),
    );
    expect(rows.map((row) => Number(row.valid_until))).toEqual([world.time.now]);
    expect(await judged(grant.id, user)).toBe('The workstation was revoked.');
  });
});
