import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { grantText, rosterText, type SessionOut } from '#domain/wire/sync.ts';
import { signatureHolds } from '#sealing/signing.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { makeBearers } from './bearers.ts';
import { revokeDevice } from './devices/devices.ts';
import { signedRoster } from './devices/roster.ts';
import { accountOf } from './passwords/attempts.ts';
import { makePasswords } from './passwords/passwords.ts';
import { changePerson } from './people/people.ts';
import { OPERATOR } from './ports.ts';
import { end } from './sessions/end-session.ts';
import { refresh } from './sessions/refresh.ts';
import { type SignIn, signIn } from './sign-in/sign-in.ts';
import {
  code,
  type IdentityWorld,
  identityWorld,
  must,
  organisationWithSite,
  PASSWORD,
  person,
  type Workstation,
  workstation,
} from './testing/identity.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let world: IdentityWorld;
let site: string;
let seat: Workstation;
beforeAll(async () => {
  world = await identityWorld(makePasswords());
  site = await organisationWithSite(world, 'alpha');
  seat = await workstation(world, 'alpha', site);
});
afterAll(() => world.close());

const at = (user: string, password = PASSWORD, device: SignIn['device'] = seat): SignIn => ({
  device,
  user,
  password,
  position: null,
});
const signedIn = async (input: SignIn): Promise<SessionOut> => must(await signIn(world.ports, input)) as SessionOut;
const failures = async (): Promise<string[]> =>
  (
    await asMigrator(world.database, (client) =>
      client.query<{ account: string }>('select account from identity.sign_in_failures'),
    )
  ).rows.map((row) => row.account);
const standing = async (session: string): Promise<{ roles: string[]; validUntil: number | null } | undefined> =>
  world.log.intake('alpha', async (tx) => (await tx.authors([], [session])).standings.get(session) as never);

describe('a name with an organisation behind it', () => {
  it('is that organisation’s, whatever somebody of another organisation is called', async () => {
    await organisationWithSite(world, 'shadowed');
    await organisationWithSite(world, 'shadower');
    const bob = await person(world, 'shadowed', 'bob', ['dispatcher']);
    await person(world, 'shadower', 'bob@shadowed', ['dispatcher']);
    const out = await signedIn(at('bob@shadowed', PASSWORD, null));
    expect(out.user).toBe(bob);
    expect(code(await signIn(world.ports, at('bob@shadowed@shadower', PASSWORD, null)))).toBe('ok');
  });
});

describe('the roster', () => {
  it('is signed, counts up, names peers, and says which were revoked', async () => {
    const mine = await organisationWithSite(world, 'rosters');
    const first = await workstation(world, 'rosters', mine, 'One');
    const before = await signedRoster(world.ports, 'rosters', mine);
    const second = await workstation(world, 'rosters', mine, 'Two');
    must(await revokeDevice(world.ports, { actor: 'boss' }, 'rosters', first.station));
    const after = await signedRoster(world.ports, 'rosters', mine);
    expect(after.version).toBeGreaterThan(before.version + 1);
    const { sig, ...said } = after;
    expect(signatureHolds(after.centerKeys[0] ?? '', rosterText(said), sig)).toBe(true);
    expect(after.peers.map((peer) => [peer.station, peer.revoked, peer.address]).sort()).toEqual(
      [
        [first.station, true, '127.0.0.1:7000'],
        [second.station, false, '127.0.0.1:7000'],
      ].sort(),
    );
    expect(world.rosters.filter((of) => of === mine).length).toBe(3);
    expect(signatureHolds(after.centerKeys[0] ?? '', rosterText({ ...said, version: said.version + 1 }), sig)).toBe(
      false,
    );
  });
});

describe('sign-in', () => {
  it('gives a session, a signed grant of 72 hours for this station, and standing to what is written under both', async () => {
    const id = await person(world, 'alpha', 'ann', ['dispatcher'], site);
    const out = await signedIn(at(' Ann '));
    expect(out).toMatchObject({ user: id, name: 'Name of ann', roles: ['dispatcher'] });
    expect(out.grant).toMatchObject({ station: seat.station, site, org: 'alpha', user: id, login: 'ann' });
    expect(out.grant.expiresAt - out.grant.issuedAt).toBe(72 * HOUR);
    const { sig, ...said } = out.grant;
    const { publicKeys } = await world.ports.keys.centerKeys('alpha');
    expect(publicKeys.some((key) => signatureHolds(key, grantText(said), sig))).toBe(true);
    expect(signatureHolds(publicKeys[0] ?? '', grantText({ ...said, roles: ['admin'] }), sig)).toBe(false);
    for (const session of [out.session, out.grant.id]) {
      expect(await standing(session)).toMatchObject({ roles: ['dispatcher'], validUntil: out.grant.expiresAt });
    }
    expect(await makeBearers(world.ports).userOf(out.accessToken)).toMatchObject({
      user: id,
      session: out.session,
      site,
    });
  });

  it('refuses a wrong password, an unknown user and a person of another site in one and the same words (ASVS 6.3.8)', async () => {
    await person(world, 'alpha', 'bob', ['dispatcher'], site);
    const south = await world.database.db.inOrgClient({ org: 'alpha' }, async (client) => {
      await client.query(`insert into kernel.site (org, site, name, created_at) values ('alpha', 'south', 'South', 1)`);
      return 'south';
    });
    await person(world, 'alpha', 'sue', ['dispatcher'], south);
    const wrong = await signIn(world.ports, at('bob', 'wrong wrong wrong'));
    const unknown = await signIn(world.ports, at('nobody', 'wrong wrong wrong'));
    const elsewhere = await signIn(world.ports, at('sue'));
    expect(wrong.ok).toBe(false);
    expect(unknown).toEqual(wrong);
    expect(elsewhere).toEqual(wrong);
  });

  it('does the same work, in about the same time, whoever is named and however they stand (ASVS 6.3.8)', async () => {
    await person(world, 'alpha', 'tim', ['dispatcher'], site);
    const paused = await person(world, 'alpha', 'pam', ['dispatcher'], site);
    for (let i = 0; i < 5; i++) await signIn(world.ports, at('pam', 'wrong wrong wrong', null));
    const { rows } = await asMigrator(world.database, (client) =>
      client.query(`select after ->> 'act' as act from audit.entry where row_id = $1 and op = 'act' order by xid, id`, [
        paused,
      ]),
    );
    expect(rows.at(-1)).toEqual({ act: 'sign-in paused' });
    let checks = 0;
    const { passwords } = world.ports;
    const counted = {
      ...world.ports,
      passwords: {
        ...passwords,
        holds: (kept: string | null, password: string) => {
          checks++;
          return passwords.holds(kept, password);
        },
      },
    };
    const names = ['tim', 'pam', 'tim-is-not-here', 'tim@alpha', 'nobody@alpha', 'nobody@no-such-organisation'];
    const took = new Map<string, number[]>(names.map((name) => [name, []]));
    const answers = new Set<string>();
    const asked = vi.spyOn(pg.Client.prototype, 'query');
    const statements = new Set<number>();
    // In turns, so that what else the machine does falls on all alike.
    for (let round = 0; round < 7; round++) {
      for (const name of names) {
        const began = performance.now();
        asked.mockClear();
        answers.add(JSON.stringify(await signIn(counted, at(name, `wrong wrong ${round}`, null))));
        took.get(name)?.push(performance.now() - began);
        statements.add(asked.mock.calls.length);
      }
    }
    asked.mockRestore();
    expect([...statements]).toHaveLength(1);
    expect(answers.size).toBe(1);
    expect(checks).toBe(names.length * 7);
    const median = (of: readonly number[]): number => [...of].sort((a, b) => a - b)[of.length >> 1] ?? 0;
    const medians = [...took.values()].map(median);
    expect(Math.max(...medians) / Math.min(...medians)).toBeLessThan(2.5);
  });

  it('fills no table with names that nobody has', async () => {
    const rows = new Set(Array.from({ length: 1_000 }, (_, i) => accountOf('nobody', `made-up-${i}`)));
    expect(rows.size).toBeLessThanOrEqual(64);
    const before = await failures();
    await signIn(world.ports, at('made-up-1', 'wrong wrong wrong', null));
    const after = await failures();
    expect(after.filter((account) => !before.includes(account))).toEqual(
      before.includes(accountOf('nobody', 'made-up-1')) ? [] : [accountOf('nobody', 'made-up-1')],
    );
  });

  it('pauses after five wrong passwords in 15 minutes, for 30, at stations and the API apart (ASVS 6.3.1)', async () => {
    await person(world, 'alpha', 'eve', ['dispatcher'], site);
    const wrong = await signIn(world.ports, at('eve', 'wrong wrong wrong'));
    for (let i = 0; i < 4; i++) expect(await signIn(world.ports, at('eve', 'wrong wrong wrong'))).toEqual(wrong);
    expect(await signIn(world.ports, at('eve'))).toEqual(wrong);
    expect(code(await signIn(world.ports, at('eve', PASSWORD, null)))).toBe('ok');
    world.time.now += 29 * MINUTE;
    expect(await signIn(world.ports, at('eve'))).toEqual(wrong);
    world.time.now += 2 * MINUTE;
    expect(code(await signIn(world.ports, at('eve')))).toBe('ok');
  });

  it('does not pause for wrong passwords that a right one followed, or that are long past', async () => {
    await person(world, 'alpha', 'fay', ['dispatcher'], site);
    for (let i = 0; i < 4; i++) await signIn(world.ports, at('fay', 'wrong wrong wrong'));
    expect(code(await signIn(world.ports, at('fay')))).toBe('ok');
    for (let i = 0; i < 4; i++) await signIn(world.ports, at('fay', 'wrong wrong wrong'));
    world.time.now += 16 * MINUTE;
    for (let i = 0; i < 4; i++) await signIn(world.ports, at('fay', 'wrong wrong wrong'));
    expect(code(await signIn(world.ports, at('fay')))).toBe('ok');
  });

  it('counts guesses that are sent at once one by one (ASVS 6.3.1)', async () => {
    await person(world, 'alpha', 'gus', ['dispatcher'], site);
    const guesses = Array.from({ length: 8 }, (_, i) => signIn(world.ports, at('gus', `wrong wrong ${i}`)));
    await Promise.all(guesses);
    expect(code(await signIn(world.ports, at('gus')))).toBe('sign_in.refused');
  });

  it('without a station gives tokens and no grant, and needs the organisation where a name is not the only one', async () => {
    await person(world, 'alpha', 'api-reader', ['auditor']);
    const out = await signedIn(at('api-reader', PASSWORD, null));
    expect(out).not.toHaveProperty('grant');
    expect(await makeBearers(world.ports).userOf(out.accessToken)).toMatchObject({ roles: ['auditor'], site: null });
    await organisationWithSite(world, 'beta');
    await person(world, 'beta', 'api-reader', ['auditor']);
    expect(code(await signIn(world.ports, at('api-reader', PASSWORD, null)))).toBe('sign_in.refused');
    const named = await signedIn(at('api-reader@beta', PASSWORD, null));
    expect(await makeBearers(world.ports).userOf(named.accessToken)).toMatchObject({ org: 'beta' });
  });
});

describe('refresh', () => {
  const again = (refreshToken: string, device: SignIn['device'] = seat) =>
    refresh(world.ports, { refreshToken, device });

  it('gives a new token and grant each time and extends the standing of the session (ASVS 7.2.2)', async () => {
    await person(world, 'alpha', 'hal', ['dispatcher'], site);
    const first = await signedIn(at('hal'));
    world.time.now += 10 * HOUR;
    const second = must(await again(first.refreshToken)) as SessionOut;
    expect(second.session).toBe(first.session);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    expect(await standing(first.session)).toMatchObject({ validUntil: second.grant.expiresAt });
    expect(await standing(first.grant.id)).toMatchObject({ validUntil: first.grant.expiresAt });
  });

  it('repeats for a workstation whose answer was lost once its line is back, and then only the answer that is used counts', async () => {
    await person(world, 'alpha', 'ida', ['dispatcher'], site);
    const first = await signedIn(at('ida'));
    const lost = must(await again(first.refreshToken));
    world.time.now += 3 * HOUR;
    const kept = must(await again(first.refreshToken));
    world.time.now += MINUTE;
    expect(code(await again(kept.refreshToken))).toBe('ok');
    expect(code(await again(lost.refreshToken))).toBe('session.ended');
  });

  it('ends the whole family where a used token comes again later, or after its successor was used (ASVS 10.4.5)', async () => {
    await person(world, 'alpha', 'jan', ['dispatcher'], site);
    const late = await signedIn(at('jan', PASSWORD, null));
    const soon = must(await again(late.refreshToken, null));
    world.time.now += 20_000;
    const next = must(await again(late.refreshToken, null));
    world.time.now += 11_000;
    expect(code(await again(late.refreshToken, null))).toBe('session.ended');
    for (const { refreshToken } of [soon, next]) expect(code(await again(refreshToken, null))).toBe('session.ended');
    expect(await makeBearers(world.ports).userOf(next.accessToken)).toBeNull();
    const quick = await signedIn(at('jan'));
    const used = must(await again(quick.refreshToken));
    must(await again(used.refreshToken));
    expect(code(await again(quick.refreshToken))).toBe('session.ended');
  });

  it('is of no use at another station, nor without one', async () => {
    await person(world, 'alpha', 'kim', ['dispatcher'], site);
    const out = await signedIn(at('kim'));
    const other = await workstation(world, 'alpha', site, 'Other');
    expect(code(await again(out.refreshToken, other))).toBe('session.ended');
    expect(code(await again(out.refreshToken, null))).toBe('session.ended');
    expect(code(await again(out.refreshToken))).toBe('ok');
  });

  it('ends with the session (ASVS 7.3.2, 10.4.8)', async () => {
    await person(world, 'alpha', 'lea', ['dispatcher'], site);
    const out = await signedIn(at('lea'));
    await end(world.ports, out.refreshToken);
    await end(world.ports, 'a token that nobody ever had');
    expect(code(await again(out.refreshToken))).toBe('session.ended');
    expect(await makeBearers(world.ports).userOf(out.accessToken)).toBeNull();
    // Signing out takes no right away: what was written before the center heard of it stands.
    expect(await standing(out.session)).toMatchObject({ validUntil: out.grant.expiresAt });
  });

  it('gives no token that outlives the session, however late it was renewed (ASVS 7.3.2)', async () => {
    await person(world, 'alpha', 'leo', ['dispatcher'], site);
    let out = await signedIn(at('leo'));
    const began = world.time.now;
    const over = began + 14 * 24 * 3_600_000;
    for (let day = 2; day < 14; day += 2) {
      world.time.now = began + day * 24 * 3_600_000;
      out = must(await again(out.refreshToken)) as typeof out;
    }
    world.time.now = over - 60_000;
    out = must(await again(out.refreshToken)) as typeof out;
    expect(await makeBearers(world.ports).userOf(out.accessToken)).not.toBeNull();
    world.time.now = over + 1;
    expect(await makeBearers(world.ports).userOf(out.accessToken)).toBeNull();
    world.time.now = began;
  });

  it('keeps no token in clear (ASVS 7.2.3)', async () => {
    await person(world, 'alpha', 'max', ['dispatcher'], site);
    const out = await signedIn(at('max'));
    const dump = await asMigrator(world.database, (client) =>
      client.query(
        'select row_to_json(t)::text as row from identity.refresh_token t union all select row_to_json(e)::text from audit.entry e',
      ),
    );
    for (const { row } of dump.rows) {
      expect(row).not.toContain(out.refreshToken);
      expect(row).not.toContain(PASSWORD);
      expect(row).not.toContain('$argon2id');
    }
  });
});

describe('withdrawal', () => {
  it('of a person ends sessions, tokens and grants at once and is in the audit (ASVS 7.4.2, 16.3.1)', async () => {
    const id = await person(world, 'alpha', 'ned', ['dispatcher'], site);
    const out = await signedIn(at('ned'));
    world.time.now += HOUR;
    must(await changePerson(world.ports, { actor: 'boss', request: 'r-ned' }, 'alpha', id, { active: false }));
    expect(await makeBearers(world.ports).userOf(out.accessToken)).toBeNull();
    expect(code(await refresh(world.ports, { refreshToken: out.refreshToken, device: seat }))).toBe('session.ended');
    expect(code(await signIn(world.ports, at('ned')))).toBe('sign_in.refused');
    for (const session of [out.session, out.grant.id]) {
      expect(await standing(session)).toMatchObject({ validUntil: world.time.now });
    }
    const entries = await world.database.db.inOrgClient({ org: 'alpha' }, (client) =>
      client.query(`select tbl, actor, before ->> 'active' as was, after ->> 'active' as is from audit.entry
        where request = 'r-ned' and tbl = 'identity.person'`),
    );
    expect(entries.rows).toEqual([{ tbl: 'identity.person', actor: 'boss', was: 'true', is: 'false' }]);
    const record = await world.log.intake('alpha', (tx) => tx.record('person', id));
    expect(record).toMatchObject({ version: 2, body: { user: 'ned', active: false } });
  });

  it('of a role ends them too; adding one ends nothing and counts from the next refresh (ASVS 8.3.2)', async () => {
    const id = await person(world, 'alpha', 'oda', ['dispatcher'], site);
    const out = await signedIn(at('oda'));
    must(await changePerson(world.ports, OPERATOR, 'alpha', id, { roles: ['supervisor', 'dispatcher'] }));
    expect(await standing(out.session)).toMatchObject({ validUntil: out.grant.expiresAt, roles: ['dispatcher'] });
    const more = must(await refresh(world.ports, { refreshToken: out.refreshToken, device: seat })) as SessionOut;
    expect(more.grant.roles).toEqual(['dispatcher', 'supervisor']);
    expect(await standing(out.session)).toMatchObject({ roles: ['dispatcher', 'supervisor'] });
    must(await changePerson(world.ports, OPERATOR, 'alpha', id, { roles: ['supervisor'] }));
    expect(await standing(out.session)).toMatchObject({ validUntil: world.time.now });
    expect(code(await refresh(world.ports, { refreshToken: more.refreshToken, device: seat }))).toBe('session.ended');
  });

  it('of a station ends what was begun there', async () => {
    await person(world, 'alpha', 'pia', ['dispatcher'], site);
    const lost = await workstation(world, 'alpha', site, 'Lost');
    const there = await signedIn(at('pia', PASSWORD, lost));
    const here = await signedIn(at('pia'));
    must(await revokeDevice(world.ports, OPERATOR, 'alpha', lost.station));
    expect(await standing(there.grant.id)).toMatchObject({ validUntil: world.time.now });
    expect(await standing(here.grant.id)).toMatchObject({ validUntil: here.grant.expiresAt });
  });
});

describe('rate limits', () => {
  it('count in the database, by address', async () => {
    const waits = [];
    for (let i = 0; i < 22; i++) waits.push(await world.ports.limits.take('sign-in account', '192.0.2.7'));
    expect(waits.slice(0, 20)).toEqual(Array(20).fill(0));
    expect(waits[20]).toBeGreaterThan(0);
    expect(await world.ports.limits.take('sign-in account', '192.0.2.8')).toBe(0);
    const kept = await asMigrator(world.database, (client) => client.query('select key from identity.rate_limit'));
    expect(kept.rows.some((row) => String(row.key).includes('192.0.2'))).toBe(false);
  });
});
