import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InvitationOut, PersonOut } from '#domain/identity/api/people.ts';
import type { SessionShown } from '#domain/identity/api/sessions.ts';
import { DEMO_ORG, DEMO_PASSWORD, DEMO_USER } from '../../../modules/demo/sign-in.ts';
import { MEMBER_PASSWORD, type TestCenter, testCenter } from '../../../testing/center.ts';
import { asMigrator } from '../../../testing/postgres.ts';
import { signIn } from '../sign-in/sign-in.ts';
import { identityWorld, must, organisationWithSite, PASSWORD, person } from '../testing/identity.ts';
import { changePerson } from './people.ts';

const NEW_PASSWORD = 'herons beside the breakwater';

let center: TestCenter;
beforeAll(async () => {
  center = await testCenter();
});
afterAll(() => center.close());

const post = <T = Record<string, unknown>>(
  path: string,
  body: unknown = {},
  token: string | undefined = center.adminToken,
) => center.call<T>('POST', path, body, token);
const get = <T>(path: string, token = center.adminToken) => center.call<T>('GET', path, undefined, token);
const signedIn = async (user: string, password: string) =>
  (await center.call<{ accessToken: string; session: string }>('POST', '/v1/sessions', { user, password })).body;
const people = async (): Promise<PersonOut[]> => (await get<{ people: PersonOut[] }>('/v1/people')).body.people;
const audited = async (row: string): Promise<string[]> => {
  const { rows } = await asMigrator(center, (client) =>
    client.query(`select after ->> 'act' as act from audit.entry where row_id = $1 and op = 'act' order by xid, id`, [
      row,
    ]),
  );
  return rows.map(({ act }) => act);
};

describe('a center that was just made', () => {
  it('has nobody: no account comes with it, and none with an organisation (ASVS 6.3.2)', async () => {
    const world = await identityWorld();
    await organisationWithSite(world, 'fresh');
    const { rows } = await asMigrator(world.database, (client) =>
      client.query(
        'select (select count(*)::int from identity.person) people, (select count(*)::int from kernel.organisation) orgs',
      ),
    );
    expect(rows).toEqual([{ people: 0, orgs: 1 }]);
    await world.close();
  });
});

describe('a password that nobody changed', () => {
  it('holds for as long as nobody does (ASVS 6.2.10)', async () => {
    const world = await identityWorld();
    await organisationWithSite(world, 'long');
    await person(world, 'long', 'olga', ['dispatcher']);
    const input = { device: null, user: 'olga@long', password: PASSWORD, position: null };
    for (const years of [0, 1, 10]) {
      world.time.now += years * 365 * 86_400_000;
      expect(await signIn(world.ports, input)).toMatchObject({ ok: true });
    }
    await world.close();
  });

  it('has no hint, and no question that stands in for it (ASVS 6.4.2)', async () => {
    const { rows } = await asMigrator(center, (client) =>
      client.query(
        `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'identity'`,
      ),
    );
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.map(({ name }) => name).filter((name) => /hint|question|answer|mother|secret_word/.test(name))).toEqual(
      [],
    );
    const api = JSON.stringify((await get('/openapi.json')).body);
    expect(api).not.toMatch(/"(hint|question|answer)"/i);
  });
});

describe('a body without end', () => {
  it('is refused, and is no fault of the center', async () => {
    const input = { kind: 'agency', id: 'x', version: 0, body: { name: '@' } };
    const asked = JSON.stringify({ id: 'deep-deep', kind: 'record.put', session: null, by: null, madeAt: 1, input });
    const deep = await post('/v1/requests', asked.replace('"@"', '['.repeat(60_000) + ']'.repeat(60_000)));
    expect([deep.status, deep.body.code]).toEqual([400, 'body.deep']);
  });
});

describe('text that cannot be kept', () => {
  it('is refused wherever it is sent, and is no fault of the center', async () => {
    const invitee = { login: 'nul', roles: ['dispatcher'], site: null };
    const answers = await Promise.all([
      get('/v1/people/a%00b/sessions'),
      get('/v1/audit/entries?actor=a%00b'),
      get('/v1/entities/incident?filter[zone]=a%00b'),
      post('/v1/invitations', { ...invitee, name: 'a\u0000b' }),
      center.call('POST', '/v1/sessions', { user: 'a\u0000b', password: PASSWORD }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
  });
});

describe('an invitation', () => {
  const invitee = { login: 'wendy', name: 'Wendy Ames', roles: ['dispatcher'], site: null, email: 'wendy@example.org' };

  it('is the only way in: the invited choose their password, once', async () => {
    const made = await post<{ invitation: string; code: string }>('/v1/invitations', invitee);
    expect(made.body.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){6}$/);
    const { code } = made.body;
    const look = await post('/v1/invitations/look', { code: code.toLowerCase() }, undefined);
    expect(look.body).toMatchObject({
      organisation: 'Harbor County',
      login: 'wendy',
      passwordAtLeast: 15,
    });
    const short = await post('/v1/invitations/accept', { code, password: 'too short' }, undefined);
    expect(short.body).toMatchObject({ code: 'password.short', field: 'password' });
    const own = await post('/v1/invitations/accept', { code, password: 'wendy ames 2026' }, undefined);
    expect(own.body).toMatchObject({ code: 'password.guessable' });
    const accepted = await post<{ user: string }>(
      '/v1/invitations/accept',
      { code, password: NEW_PASSWORD },
      undefined,
    );
    expect(accepted.body.user).toBe(`wendy@${DEMO_ORG}`);
    const again = await post('/v1/invitations/accept', { code, password: NEW_PASSWORD }, undefined);
    expect(again).toMatchObject({ status: 403, body: { code: 'invitation.code' } });
    const { accessToken } = await signedIn('wendy', NEW_PASSWORD);
    expect((await get('/v1/me', accessToken)).body).toMatchObject({
      login: 'wendy',
      roles: ['dispatcher'],
      org: DEMO_ORG,
    });
    expect((await people()).find(({ login }) => login === 'wendy')).toMatchObject({
      email: 'wendy@example.org',
      active: true,
      sessions: 1,
    });
  });

  it('is refused for a name that is taken, and to who may not invite', async () => {
    expect((await post('/v1/invitations', invitee)).body).toMatchObject({ code: 'person.known' });
    const { token } = await center.member('super', ['supervisor']);
    expect((await post('/v1/invitations', { ...invitee, login: 'w2' }, token)).body).toMatchObject({
      code: 'role.missing',
    });
    const local = await center.member('local', ['admin'], center.site);
    const wide = await post('/v1/invitations', { ...invitee, login: 'w2' }, local.token);
    expect(wide.body).toMatchObject({ code: 'reach.beyond' });
    const here = await post('/v1/invitations', { ...invitee, login: 'w2', site: center.site }, local.token);
    expect(here.status).toBe(200);
  });

  it('is listed without its code, taken back, and void when a newer one is made', async () => {
    const first = (await post<{ invitation: string; code: string }>('/v1/invitations', { ...invitee, login: 'vera' }))
      .body;
    const second = (await post<{ invitation: string; code: string }>('/v1/invitations', { ...invitee, login: 'vera' }))
      .body;
    const text = JSON.stringify((await get('/v1/invitations')).body);
    expect(text).not.toContain(first.code);
    expect(text).not.toContain('hash');
    const state = async (id: string) =>
      (await get<{ invitations: InvitationOut[] }>('/v1/invitations')).body.invitations.find(
        (of) => of.invitation === id,
      )?.state;
    expect([await state(first.invitation), await state(second.invitation)]).toEqual(['revoked', 'open']);
    expect((await post(`/v1/invitations/${second.invitation}/revoke`)).status).toBe(200);
    expect(await state(second.invitation)).toBe('revoked');
    expect((await post('/v1/invitations/look', { code: second.code }, undefined)).status).toBe(403);
    expect((await post(`/v1/invitations/${second.invitation}/revoke`)).status).toBe(404);
  });

  it('leaves nobody another door: a person is not made over the wire with a password somebody else chose (ASVS 6.3.4)', async () => {
    const body = { login: 'x', name: 'X', password: NEW_PASSWORD, roles: ['dispatcher'], site: null };
    expect((await post('/v1/people', body)).status).toBe(404);
    expect((await post('/v1/people', body, undefined)).status).toBe(404);
    const [someone] = await people();
    const change = await post(`/v1/people/${someone?.person}/change`, { password: NEW_PASSWORD });
    expect(change.body).toMatchObject({ code: 'field.invalid', field: 'password' });
  });
});

describe('a forgotten password', () => {
  it('is replaced by its owner with a code that an administrator asked for; sessions end (ASVS 6.4.3, 6.4.6)', async () => {
    const { token, person } = await center.member('rita', ['dispatcher']);
    const first = (await post<{ code: string }>(`/v1/people/${person}/reset`)).body.code;
    const { code } = (await post<{ code: string }>(`/v1/people/${person}/reset`)).body;
    const reset = (of: string, password = NEW_PASSWORD) =>
      post('/v1/password/reset', { code: of, password }, undefined);
    expect((await reset(first)).body).toMatchObject({ code: 'reset.code' });
    expect((await reset(code, 'short')).body).toMatchObject({ code: 'password.short' });
    expect((await get('/v1/me', token)).status).toBe(200);
    expect((await reset(code)).status).toBe(200);
    expect((await get('/v1/me', token)).status).toBe(401);
    expect((await reset(code)).status).toBe(403);
    expect(await signedIn('rita', MEMBER_PASSWORD)).toMatchObject({ code: 'sign_in.refused' });
    expect(await signedIn('rita', NEW_PASSWORD)).toHaveProperty('accessToken');
    expect(await audited(person)).toContain('password set by a code');
  });
});

describe('one’s own password', () => {
  it('is changed by the old one alone; other sessions end, this goes on (ASVS 6.2.2, 6.2.3, 7.4.3)', async () => {
    const { token, person } = await center.member('olaf', ['dispatcher']);
    const other = await signedIn('olaf', MEMBER_PASSWORD);
    const change = (old: string, to: string) => post('/v1/me/password', { old, new: to }, token);
    expect((await change('not the old one', NEW_PASSWORD)).body).toMatchObject({
      code: 'password.wrong',
      field: 'old',
    });
    expect((await change(MEMBER_PASSWORD, 'olaf olaf olaf olaf')).body).toMatchObject({
      code: 'password.guessable',
      field: 'new',
    });
    expect((await change(MEMBER_PASSWORD, NEW_PASSWORD)).status).toBe(200);
    expect((await get('/v1/me', token)).status).toBe(200);
    expect((await get('/v1/me', other.accessToken)).status).toBe(401);
    expect(await signedIn('olaf', NEW_PASSWORD)).toHaveProperty('accessToken');
    expect(await audited(person)).toContain('sign-in refused');
  });
});

describe('a pause', () => {
  it('is seen in the list and lifted by a supervisor; both are audited', async () => {
    const { person } = await center.member('pete', ['dispatcher'], center.site);
    const supervisor = await center.member('sue', ['supervisor'], center.site);
    for (let i = 0; i < 5; i++) await signedIn('pete', `wrong wrong wrong ${i}`);
    expect(await signedIn('pete', MEMBER_PASSWORD)).toMatchObject({ code: 'sign_in.refused' });
    const paused = (await people()).find(({ login }) => login === 'pete')?.pausedUntil ?? 0;
    expect(paused).toBeGreaterThan(Date.now() + 29 * 60_000);
    const { accessToken } = await signedIn(DEMO_USER, DEMO_PASSWORD);
    expect((await post(`/v1/people/${person}/unlock`, {}, accessToken)).status).toBe(403);
    expect((await post(`/v1/people/${person}/unlock`, {}, supervisor.token)).status).toBe(200);
    expect(await signedIn('pete', MEMBER_PASSWORD)).toHaveProperty('accessToken');
    const acts = await audited(person);
    expect(acts).toContain('sign-in paused');
    expect(acts).toContain('sign-in pause lifted');
  });
});

describe('sessions', () => {
  it('are listed and ended by their owner, at once (ASVS 7.5.2, 10.4.9)', async () => {
    const { token } = await center.member('lena', ['dispatcher']);
    const other = await signedIn('lena', MEMBER_PASSWORD);
    const listed = async () => (await get<{ sessions: SessionShown[] }>('/v1/me/sessions', token)).body.sessions;
    expect((await listed()).map(({ current }) => current).sort()).toEqual([false, true]);
    expect((await listed())[0]?.client).toBe('node');
    expect((await get('/v1/me', other.accessToken)).status).toBe(200);
    expect((await post(`/v1/me/sessions/${other.session}/revoke`, {}, token)).body).toEqual({ ended: 1 });
    expect((await get('/v1/me', other.accessToken)).status).toBe(401);
    expect((await listed())[1]).toMatchObject({ session: other.session, endReason: 'revoked' });
    const third = await signedIn('lena', MEMBER_PASSWORD);
    expect((await post('/v1/me/sessions/revoke', {}, token)).body).toEqual({ ended: 1 });
    expect((await get('/v1/me', third.accessToken)).status).toBe(401);
    expect((await get('/v1/me', token)).status).toBe(200);
  });

  it('of another are not one’s own to end; an administrator ends them (ASVS 7.4.5)', async () => {
    const { token, person } = await center.member('mona', ['dispatcher'], center.site);
    const { accessToken } = await signedIn(DEMO_USER, DEMO_PASSWORD);
    const [session] = (await get<{ sessions: SessionShown[] }>(`/v1/people/${person}/sessions`)).body.sessions;
    expect((await post(`/v1/me/sessions/${session?.session}/revoke`, {}, accessToken)).status).toBe(404);
    expect((await get(`/v1/people/${person}/sessions`, accessToken)).status).toBe(403);
    expect((await post(`/v1/people/${person}/sessions/${session?.session}/revoke`, {}, accessToken)).status).toBe(403);
    expect((await post(`/v1/people/${person}/sessions/${session?.session}/revoke`)).body).toEqual({ ended: 1 });
    expect((await get('/v1/me', token)).status).toBe(401);
  });
});

describe('an administrator of one agency', () => {
  it('reaches nobody of another agency, or of all of them, themselves included', async () => {
    const agency = 'fire';
    const bound = await center.member('fay', ['admin'], center.site);
    const other = await center.member('edd', ['dispatcher'], center.site);
    await post(`/v1/people/${bound.person}/change`, { agency });
    const as = (path: string, body: unknown = {}) => post<{ code: string }>(path, body, bound.token);
    const refused = async (path: string, body?: unknown) => (await as(path, body)).body.code;
    for (const act of ['change', 'reset', 'unlock', 'sessions/revoke', 'second-factors/reset', 'provider/unlink']) {
      expect([act, await refused(`/v1/people/${other.person}/${act}`)]).toEqual([act, 'reach.beyond']);
    }
    expect(await refused(`/v1/people/${bound.person}/change`, { agency: null })).toBe('reach.beyond');
    const invitee = { login: 'flo', name: 'Flo', roles: ['admin'], site: center.site };
    expect(await refused('/v1/invitations', { ...invitee, agency: 'ems' })).toBe('reach.beyond');
    const made = await as('/v1/invitations', invitee);
    expect(made.status).toBe(200);
    const { invitations } = (await get<{ invitations: InvitationOut[] }>('/v1/invitations')).body;
    expect(invitations.find(({ login }) => login === 'flo')).toMatchObject({ agency });
    await post(`/v1/people/${other.person}/change`, { agency });
    expect((await as(`/v1/people/${other.person}/change`, { name: 'Ed' })).status).toBe(200);
  });

  it('takes back no invitation of another: by its name, or beyond those that the list shows', async () => {
    const bound = await center.member('gil', ['admin'], center.site);
    const chief = { login: 'chief', name: 'Chief', roles: ['admin'], site: null };
    const { invitation, code } = (await post<{ invitation: string; code: string }>('/v1/invitations', chief)).body;
    await asMigrator(center, async (client) => {
      await client.query('set session_replication_role = replica');
      await client.query(
        `insert into identity.invitation (org, id, login, name, roles, hash, made_at, expires_at)
         select org, 'later-' || n, 'later-' || n, name, roles, 'later-' || n, made_at + n, expires_at
           from identity.invitation, generate_series(1, 500) n where id = $1`,
        [invitation],
      );
    });
    const beyond = { code: 'reach.beyond' };
    const own = { ...chief, roles: ['biller'], site: center.site };
    expect((await post('/v1/invitations', own, bound.token)).body).toMatchObject(beyond);
    expect((await post(`/v1/invitations/${invitation}/revoke`, {}, bound.token)).body).toMatchObject(beyond);
    expect((await post('/v1/invitations/look', { code }, undefined)).status).toBe(200);
    expect((await post(`/v1/invitations/${invitation}/revoke`)).status).toBe(200);
  });
});

describe('a change', () => {
  it('is made from what was shown: of two who save, the second is told of the first', async () => {
    const { person: who } = await center.member('twice', ['dispatcher']);
    const shown = async () => (await people()).find(({ person }) => person === who);
    const version = (await shown())?.version ?? -1;
    const both = await Promise.all(['One', 'Two'].map((name) => post(`/v1/people/${who}/change`, { name, version })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(both.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'person.changed' });
    const after = await shown();
    expect(after?.version).toBe(version + 1);
    // Who says nothing of what they saw is in earnest: somebody is withdrawn whatever else was changed meanwhile.
    expect((await post(`/v1/people/${who}/change`, { active: false })).status).toBe(200);
    expect(await shown()).toMatchObject({ active: false, name: after?.name });
  });
});

describe('the last administrator', () => {
  it('is not taken away, by themselves or another', async () => {
    const world = await identityWorld();
    try {
      await organisationWithSite(world, 'solo');
      const one = await person(world, 'solo', 'one', ['admin']);
      const acting = { actor: one };
      expect(await changePerson(world.ports, acting, 'solo', one, { active: false })).toMatchObject({
        refusal: { code: 'person.last_admin' },
      });
      // Nor does somebody of one agency administer the whole, or take its place.
      const agencys = await person(world, 'solo', 'agencys', ['admin']);
      must(await changePerson(world.ports, acting, 'solo', agencys, { agency: 'fire' }));
      for (const less of [{ active: false }, { agency: 'fire' }]) {
        expect(await changePerson(world.ports, acting, 'solo', one, less)).toMatchObject({
          refusal: { code: 'person.last_admin' },
        });
      }
      const two = await person(world, 'solo', 'two', ['admin']);
      const both = await Promise.all(
        [one, two].map((who) => changePerson(world.ports, { actor: who }, 'solo', who, { roles: ['supervisor'] })),
      );
      expect(both.map((outcome) => outcome.ok).sort()).toEqual([false, true]);
    } finally {
      await world.close();
    }
  });
});
