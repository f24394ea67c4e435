/** A person is told what changed about how they sign in, and of sign-ins that were not as usual. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { z } from 'zod';
import { NOTICES, type Notice, type NoticeKind, type NoticesOutSchema } from '#domain/identity/api/notices.ts';
import { DEMO_ORG } from '../../../modules/demo/sign-in.ts';
import { MEMBER_PASSWORD, type TestCenter, testCenter } from '../../../testing/center.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { forgetNotices } from './notices.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await testCenter({ network: { trustedProxies: 'loopback' } });
});
afterAll(() => center.close());

const noticesOf = async (token: string): Promise<readonly Notice[]> =>
  (await center.call<z.infer<typeof NoticesOutSchema>>('GET', '/v1/me/notices', undefined, token)).body.notices;
const kindsOf = async (token: string): Promise<readonly NoticeKind[]> =>
  (await noticesOf(token)).map(({ kind }) => kind).reverse();

/** Signs in from an address; the status and the token. */
async function signIn(login: string, password: string, address: string) {
  const answer = await fetch(`${center.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
    body: JSON.stringify({ user: `${login}@${DEMO_ORG}`, password }),
  });
  const body = (await answer.json()) as { accessToken?: string };
  return { status: answer.status, token: body.accessToken ?? '' };
}

it('of everything that changes what opens the account, whoever changes it (ASVS 6.3.7)', async () => {
  const { token, person } = await center.member('nora', ['dispatcher']);
  expect(await kindsOf(token)).toEqual([]);
  const { code } = (await center.call<{ code: string }>('POST', `/v1/people/${person}/reset`, {}, center.adminToken))
    .body;
  expect(code).toBeTypeOf('string');
  const byAdmin = (await noticesOf(token))[0];
  expect(byAdmin).toMatchObject({ kind: 'password reset begun', seen: false });
  expect(byAdmin?.by).not.toBeNull();
  expect(
    (await center.call('POST', '/v1/me/password', { old: MEMBER_PASSWORD, new: 'a longer one of hers' }, token)).status,
  ).toBe(200);
  expect((await noticesOf(token))[0]).toMatchObject({ kind: 'password changed', by: null });

  // Every row that opens an account, by whatever statement it came or went.
  await asMigrator(center, async (client) => {
    const row = [DEMO_ORG, person];
    const of = async (sql: string) => {
      // Their order is that of their milliseconds.
      await client.query('select pg_sleep(0.002)');
      await client.query(sql, row);
    };
    await of(`insert into identity.totp (org, id, person, secret, made_at) values ($1, 't', $2, 'x', 0)`);
    await of(`update identity.totp set confirmed_at = 1 where org = $1 and person = $2`);
    await of(`update identity.totp set last_step = 7 where org = $1 and person = $2`);
    await of(`insert into identity.passkey (org, id, person, name, credential, public_key, counter, transports, synced, made_at)
      values ($1, 'k', $2, 'n', 'c', 'x', 0, '{}', false, 0)`);
    await of(`insert into identity.recovery_code (org, id, person, hash, made_at)
      select $1, 'r' || n, $2, 'h', 0 from generate_series(1, 10) n`);
    await of(`update identity.recovery_code set used_at = 1 where org = $1 and person = $2 and id = 'r1'`);
    await of(`insert into identity.federated (org, id, person, issuer, subject, linked_at, last_at)
      values ($1, 'f', $2, 'i', 's', 0, 0)`);
    await of(`update identity.federated set last_at = 1 where org = $1 and person = $2`);
    await of(`delete from identity.federated where org = $1 and person = $2`);
    await of(`delete from identity.passkey where org = $1 and person = $2`);
    await of(`delete from identity.totp where org = $1 and person = $2`);
    await of(`update identity.person set email = 'n@psap.example' where org = $1 and id = $2`);
    await of(`update identity.person set login = 'nora.ames' where org = $1 and id = $2`);
    await of(`update identity.person set name = 'Nora Ames' where org = $1 and id = $2`);
    // Hashed anew with more work: the same password.
    await of(`update identity.person set password = 'x' where org = $1 and id = $2`);
  });
  expect(await kindsOf(token)).toEqual([
    'password reset begun',
    'password changed',
    'authenticator app set up',
    'passkey added',
    'recovery codes made',
    'recovery code used',
    'provider linked',
    'provider unlinked',
    'passkey removed',
    'authenticator app removed',
    'e-mail changed',
    'user name changed',
  ]);

  const newest = (await noticesOf(token))[0]?.at ?? 0;
  await center.call('POST', '/v1/me/notices/seen', { upTo: newest }, token);
  expect((await noticesOf(token)).every(({ seen }) => seen)).toBe(true);
  // They are one's own: nobody else is told, nor can say for one that they were seen.
  expect(await kindsOf(center.adminToken)).not.toContain('authenticator app set up');
});

it('of sign-ins that are not as usual, and of tries (ASVS 6.3.5)', async () => {
  await center.member('otto', ['dispatcher']);
  // What they are told by, whatever became of the rest: a session of before.
  const home = await signIn('otto', MEMBER_PASSWORD, '203.0.113.7');
  const told = () => kindsOf(home.token);
  const before = (await told()).length;
  const since = async () => (await told()).slice(before);
  await signIn('otto', MEMBER_PASSWORD, '203.0.113.7');
  expect(await since()).toEqual([]);
  expect((await signIn('otto', MEMBER_PASSWORD, '198.51.100.4')).status).toBe(200);
  expect(await since()).toEqual(['signed in from a new place']);
  expect((await noticesOf(home.token))[0]).toMatchObject({ from: '198.51.100.4', seen: false });
  await signIn('otto', MEMBER_PASSWORD, '198.51.100.4');
  expect(await since()).toHaveLength(1);
  for (let i = 0; i < 3; i++) await signIn('otto', 'wrong', '192.0.2.66');
  expect(await since()).toHaveLength(1);
  await signIn('otto', MEMBER_PASSWORD, '192.0.2.66');
  expect((await since()).at(-1)).toBe('signed in after wrong passwords');
  for (let i = 0; i < 7; i++) await signIn('otto', 'wrong', '192.0.2.66');
  // Once, and not with every try.
  expect((await since()).filter((kind) => kind === 'wrong passwords')).toHaveLength(1);
  for (const kind of await since()) expect(NOTICES[kind]).toMatch(/^[A-Z]/);
});

it('not of the very sign-in that asks, which cannot wave that away either: every other session is told of it', async () => {
  await center.member('rita', ['dispatcher']);
  const home = await signIn('rita', MEMBER_PASSWORD, '203.0.113.7');
  const elsewhere = await signIn('rita', MEMBER_PASSWORD, '198.51.100.4');
  expect((await noticesOf(elsewhere.token)).map(({ from }) => from)).toEqual(['203.0.113.7']);
  expect((await noticesOf(home.token)).map(({ from }) => from)).toEqual(['198.51.100.4']);
  await center.call('POST', '/v1/me/notices/seen', { upTo: Date.now() + 60_000 }, elsewhere.token);
  const told = async () => (await noticesOf(home.token)).find(({ from }) => from === '198.51.100.4');
  expect(await told()).toMatchObject({ kind: 'signed in from a new place', seen: false });
  await center.call('POST', '/v1/me/notices/seen', { upTo: Date.now() + 60_000 }, home.token);
  expect(await told()).toMatchObject({ seen: true });
});

it('of a sign-in after a long time, which is not the first', async () => {
  const { token, person } = await center.member('pia', ['dispatcher']);
  expect(await kindsOf(token)).toEqual([]);
  await asMigrator(center, async (client) => {
    await client.query('delete from security.attempt where person = $1', [person]);
    await client.query('update identity.session set started_at = started_at - $2::bigint where person = $1', [
      person,
      61 * 86_400_000,
    ]);
  });
  await signIn('pia', MEMBER_PASSWORD, '203.0.113.7');
  expect(await kindsOf(token)).toEqual(['signed in after a long time']);
});

it('goes 90 days after they said that they know of it, and after 400 else, and no sooner', async () => {
  const { person } = await center.member('quinn', ['dispatcher']);
  const day = 86_400_000;
  const now = Date.now();
  const at = (days: number): number => now - days * day;
  const rows: readonly (readonly [string, number, number | null])[] = [
    ['known long ago', at(100), at(91)],
    ['known lately', at(399), at(89)],
    ['never known, old', at(401), null],
    ['never known', at(399), null],
    ['old, and held', at(500), at(450)],
  ];
  await asMigrator(center, async (client) => {
    await client.query(`select set_config('qd.org', $1, false)`, [DEMO_ORG]);
    for (const [id, made, seen] of rows)
      await client.query(
        `insert into identity.notice (org, id, person, at, kind, seen_at) values ($1, $2, $3, $4, 'password changed', $5)`,
        [DEMO_ORG, id, person, made, seen],
      );
    await client.query(
      `insert into kernel.legal_hold (org, id, entity, tbl, row_id, reason, placed_at)
       values ($1, 'h', '', 'identity.notice', 'old, and held', 'a case', 1)`,
      [DEMO_ORG],
    );
  });
  const db = await center.application();
  const left = (): Promise<readonly string[]> =>
    db.inOrgClient({ org: DEMO_ORG }, async (client) => {
      const found = await client.query<{ id: string }>('select id from identity.notice where person = $1 order by id', [
        person,
      ]);
      return found.rows.map(({ id }) => id);
    });
  try {
    expect(await forgetNotices(db, DEMO_ORG)).toBe(2);
    expect(await left()).toEqual(['known lately', 'never known', 'old, and held']);
    expect(await forgetNotices(db, DEMO_ORG)).toBe(0);
    for (const id of ['known lately', 'never known']) {
      const gone = db.inOrgClient({ org: DEMO_ORG }, (client) =>
        client.query('delete from identity.notice where id = $1', [id]),
      );
      await expect(gone).rejects.toMatchObject({ code: 'QD002' });
    }
  } finally {
    await db.close();
  }
});
