/** A right that ends between the door's decision and the commit of what was asked for. */
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '#domain/identity/policy.ts';
import type { Outcome } from '#domain/kernel/refusal.ts';
import type { SessionOut } from '#domain/wire/sync.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { changeAuthor } from '../../modules/epcr/author.ts';
import { addWebhook, changeKeys, retireWebhook } from '../../modules/webhooks/endpoints.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { keepFor } from '../audit/retention.ts';
import { Problem } from '../http/problem.ts';
import { createLogger } from '../log.ts';
import { switchModule } from '../organisation/modules.ts';
import { permissionNamed } from '../organisation/permissions.ts';
import { changeRestriction } from '../organisation/restrictions.ts';
import { closeEvent, takeEvent } from '../security/events.ts';
import { approveEnrolment, waitingOf } from './devices/approval.ts';
import { revokeDevice } from './devices/devices.ts';
import { enrol, issueEnrolmentCode } from './devices/enrolment.ts';
import { createBareSite } from './organisations.ts';
import { changeOwnPassword, issueReset, resetPassword } from './passwords/new-password.ts';
import { invite } from './people/invitations.ts';
import { changePerson } from './people/people.ts';
import { changePolicy } from './policy/policy.ts';
import { type IdentityPorts, OPERATOR } from './ports.ts';
import { addPasskey, beginPasskey, beginTotp, renewRecoveryCodes } from './second-factor/enrol.ts';
import { passkeySignInOptions, signInByPasskey } from './second-factor/passkey-sign-in.ts';
import { resetFactors } from './second-factor/reset.ts';
import { signIn } from './sign-in/sign-in.ts';
import { changeSso, removeSso, unlinkProvider } from './sso/settings.ts';
import { authenticator } from './testing/authenticator.ts';
import { asking, must, organisationWithSite, PASSWORD, person, workstation } from './testing/identity.ts';
import { at, HERE, type SecondFactorWorld, secondFactorWorld } from './testing/second-factor.ts';

const ORG = 'alpha';
let world: SecondFactorWorld;
beforeAll(async () => {
  world = await secondFactorWorld();
  await person(world, ORG, 'keeps', ['admin']);
});
afterAll(() => world.close());

const invitation = (login: string) => ({
  ...{ login, name: login, roles: ['admin' as const], site: null, agency: null, email: null },
});
const dispatcherNow = (who: string) => changePerson(world.ports, OPERATOR, ORG, who, { roles: ['dispatcher'] });

describe('whoever loses a role while their sign-in is being checked', () => {
  it('comes in by their password with what is left, at a workstation and under its grant too', async () => {
    for (const device of [null, world.seat]) {
      const user = await world.fresh(['admin', 'dispatcher']);
      const [who] = await idsOf(user);
      const passwords: IdentityPorts['passwords'] = {
        ...world.ports.passwords,
        holds: async (kept, typed) => {
          must(await dispatcherNow(who));
          return world.ports.passwords.holds(kept, typed);
        },
      };
      const out = must(await signIn({ ...world.ports, passwords }, at(user, { device }))) as SessionOut;
      expect(out.roles).toEqual(['dispatcher']);
      if (device) expect(out.grant.roles).toEqual(['dispatcher']);
      expect((await world.bearerOf(out)).roles).toEqual(['dispatcher']);
    }
  });

  it('comes in by their passkey with what is left', async () => {
    const { me, key } = await world.withPasskey();
    expect(me.roles).toEqual(['supervisor']);
    const keys: IdentityPorts['keys'] = {
      ...world.ports.keys,
      centerKeys: async (org) => {
        must(await dispatcherNow(me.user));
        return world.ports.keys.centerKeys(org);
      },
    };
    const shown = key.show(await passkeySignInOptions(world.ports));
    expect(must(await signInByPasskey({ ...world.ports, keys }, shown)).roles).toEqual(['dispatcher']);
  });
});

describe('a workstation that is revoked while a sign-in at it is being checked', () => {
  it('has nobody signed in at it, and nothing that is written there stands', async () => {
    const lost = await workstation(world, ORG, world.seat.site, 'Lost');
    const user = await world.fresh(['dispatcher']);
    const passwords: IdentityPorts['passwords'] = {
      ...world.ports.passwords,
      holds: async (kept, typed) => {
        must(await revokeDevice(world.ports, OPERATOR, ORG, lost.station));
        return world.ports.passwords.holds(kept, typed);
      },
    };
    const refused = await signIn({ ...world.ports, passwords }, at(user, { device: lost }));
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'sign_in.refused' } });
    const { rows } = await asMigrator(world.database, (client) =>
      client.query('select session from kernel.standing where station = $1', [lost.station]),
    );
    expect(rows).toEqual([]);
    must(await signIn(world.ports, at(user, { device: world.seat })));
  });
});

describe('whoever was let past the door in a session that ended then', () => {
  it('gives nobody a right that outlives it', async () => {
    const site = await organisationWithSite(world, 'aside').then(() => world.seat.site);
    const user = await world.fresh(['admin']);
    const me = await world.bearerOf(await world.signedIn(user));
    const acting = { actor: me.user, session: me.session };
    const other = await world.fresh(['dispatcher']);
    const [friend] = await idsOf(other);
    const waits = signerOf(newSigningKey());
    const { code } = must(await issueEnrolmentCode(world.ports, OPERATOR, ORG, site));
    const { compare } = must(await enrol(world.ports, asking(world, waits, { code }), '10.0.0.9')) as {
      compare: string;
    };
    const waiting = (await waitingOf(world.ports, ORG)).find((of) => of.compare === compare)?.id ?? '';
    const passkey = authenticator(HERE).create(await beginPasskey(world.ports, me));
    const settings = {
      ...{ on: true, issuer: 'https://id.example', clientId: 'c', clientSecret: 's', groupsClaim: 'groups' },
      ...{ groups: [], scopes: [], provision: null, secondFactorByProvider: false, maxHours: 12, changedAt: null },
    };
    const outbound = { may: () => true } as never;
    const logger = createLogger('silent');
    const asked: { readonly [what: string]: () => Promise<unknown> } = {
      invitation: () => invite(world.ports, acting, ORG, invitation('left-behind')),
      reset: () => issueReset(world.ports, acting, ORG, friend),
      'role of another': () => changePerson(world.ports, acting, ORG, friend, { roles: ['admin'] }),
      'code of a workstation': () => issueEnrolmentCode(world.ports, acting, ORG, site),
      workstation: () => approveEnrolment(world.ports, acting, ORG, waiting, compare),
      'second factors of another': () => resetFactors(world.ports, acting, ORG, friend),
      policy: () => changePolicy(world.ports, acting, ORG, { policy: DEFAULT_POLICY, version: 1 }),
      'single sign-on': () =>
        changeSso(
          { ...world.ports, logger, providerOf: () => Promise.resolve({} as never), outbound },
          acting,
          ORG,
          settings as never,
        ),
      'own authenticator app': () => beginTotp(world.ports, acting, me),
      'own passkey': () => addPasskey(world.ports, acting, me, { name: 'Later', response: passkey }),
      'own recovery codes': () => renewRecoveryCodes(world.ports, acting, me),
    };
    const before = await everything();
    must(await dispatcherNow(me.user));
    const between = await everything();
    for (const [what, ask] of Object.entries(asked)) {
      const refused = await ask().then(
        (value) => value,
        (error) => ({ thrown: error.code }),
      );
      expect([what, refused]).toEqual([what, { thrown: 'session.ended' }]);
    }
    expect(await everything()).toEqual(between);
    expect(between).not.toEqual(before);
    // In a session that stands, each of them is something that is done.
    const keeper = await world.bearerOf(await world.signedIn('keeps'));
    must(await invite(world.ports, { actor: keeper.user, session: keeper.session }, ORG, invitation('left-behind')));
  });

  it('changes nothing of the organisation that outlives it', async () => {
    const user = await world.fresh(['admin']);
    const me = await world.bearerOf(await world.signedIn(user));
    const context = { ...world.ports, circumstancesOf: world.circumstancesOf };
    const keys = { provider: 'lob' as const, secret: 'a secret of the provider' };
    const webhook = await addWebhook(context, { org: ORG }, { name: 'Letters', keys });
    await asMigrator(world.database, (client) =>
      client.query(
        `insert into security.event (org, id, kind, subject, first_at, last_at, evidence)
         values ($1, 'seen', 'odd hours', 'somebody', 1, 1, '{}')`,
        [ORG],
      ),
    );
    const reading = permissionNamed('chart.read');
    if (!reading) throw new Error('there is no such permission');
    const asked: { readonly [what: string]: (acting: { actor: string; session: string }) => Promise<unknown> } = {
      'right of a role': (acting) =>
        changeRestriction(context, acting, ORG, reading, { role: 'biller', withheld: true, reason: 'r' }),
      module: (acting) =>
        switchModule(context, acting, ORG, 'webhooks', { on: false, reason: 'r', as: 'administrator' }),
      'keys of a webhook': (acting) =>
        changeKeys(context, { org: ORG, ...acting }, webhook, { ...keys, secret: 'of somebody else now' }),
      'new webhook': (acting) => addWebhook(context, { org: ORG, ...acting }, { name: 'Mine', keys }),
      'end of a webhook': (acting) => retireWebhook(context, { org: ORG, ...acting }, webhook),
      'retention of the audit': (acting) => keepFor(world.ports.db, { org: ORG, ...acting }, 80),
      'security event in hand': (acting) => takeEvent(context, { org: ORG, ...acting }, 'seen'),
      'security event at its end': (acting) =>
        closeEvent(context, { org: ORG, ...acting }, 'seen', { resolution: 'harmless', note: 'n' }),
      'end of single sign-on': (acting) => removeSso(world.ports, acting, ORG),
      'who somebody is at the provider': (acting) => unlinkProvider(world.ports, acting, ORG, me.user),
      site: (acting) => createBareSite(world.ports, acting, ORG, 'One more'),
      'author of a chart': (acting) =>
        changeAuthor(
          context,
          { org: ORG, ...acting },
          { chart: 'none', mustBeAllowed: () => undefined, author: me.user, as: 'claim' },
        ),
    };
    must(await dispatcherNow(me.user));
    const between = await everything();
    for (const [what, ask] of Object.entries(asked)) {
      const refused = await ask({ actor: me.user, session: me.session }).then(
        (value) => value,
        (error) => ({ thrown: error.code }),
      );
      expect([what, refused]).toEqual([what, { thrown: 'session.ended' }]);
    }
    expect(await everything()).toEqual(between);
    // In a session that stands, each of them is done, or answered for what it asks.
    const keeper = await world.bearerOf(await world.signedIn('keeps'));
    for (const [what, ask] of Object.entries(asked)) {
      const answered = (await ask({ actor: keeper.user, session: keeper.session })) as Outcome<unknown> | undefined;
      const code = typeof answered === 'object' && answered.ok === false ? answered.refusal.code : 'done';
      expect([what, code]).toEqual([what, what === 'author of a chart' ? 'chart.unknown' : 'done']);
    }
  });

  it('keeps no password over the one by which they were shut out', async () => {
    const user = await world.fresh(['dispatcher']);
    const thief = await world.bearerOf(await world.signedIn(user));
    const { code } = must(await issueReset(world.ports, OPERATOR, ORG, thief.user));
    const passwords: IdentityPorts['passwords'] = {
      ...world.ports.passwords,
      holds: async (kept, typed) => {
        const good = await world.ports.passwords.holds(kept, typed);
        must(await resetPassword(world.ports, 'r', { code, password: 'herons beside the breakwater' }));
        return good;
      },
    };
    const acting = { actor: thief.user, session: thief.session };
    const change = { old: PASSWORD, new: 'cormorants on the north pier' };
    const changed = changeOwnPassword({ ...world.ports, passwords }, acting, ORG, change);
    await expect(changed.then((out) => (out.ok ? 'changed' : out.refusal.code))).resolves.toBe('password.wrong');
    await world.signedIn(user, { password: 'herons beside the breakwater' });
  });

  it('holds nobody up who shuts them out: neither waits for what the other waits for', async () => {
    const user = await world.fresh(['admin']);
    const me = await world.bearerOf(await world.signedIn(user));
    const demoted = await asMigrator(world.database, async (client) => {
      // An invitation in the making: its session has been looked at, its row is written next.
      await client.query('begin');
      await client.query('select from identity.session where id = $1 for share', [me.session]);
      const losing = dispatcherNow(me.user).catch((error) => ({ ok: false as const, refusal: error }));
      await expect.poll(() => waitingForLocks(client)).toBe(1);
      await client.query(
        `insert into identity.invitation (org, id, login, name, roles, hash, made_by, made_at, expires_at)
         values ($1, 'crossed', 'crossed', 'crossed', '{admin}', 'crossed', $2, $3, $4)`,
        [ORG, me.user, world.time.now, world.time.now + 3_600_000],
      );
      await client.query('commit');
      return losing;
    });
    must(demoted);
    const { rows } = await asMigrator(world.database, (client) =>
      client.query(`select revoked_at is not null as void from identity.invitation where id = 'crossed'`),
    );
    expect(rows).toEqual([{ void: true }]);
  });

  it('does nothing to somebody who went out of their reach meanwhile', async () => {
    const boss = await world.bearerOf(await world.signedIn('keeps'));
    const acting = { actor: boss.user, session: boss.session };
    const mayBe = ({ agency }: { readonly agency: string | null }): void => {
      if (agency !== 'medic') throw new Problem(403, 'reach.beyond', 'They work for another agency.');
    };
    const asked: { readonly [what: string]: (who: string) => Promise<unknown> } = {
      role: (who) => changePerson(world.ports, acting, ORG, who, { roles: ['admin'] }, mayBe),
      'code for a password': (who) => issueReset(world.ports, acting, ORG, who, mayBe),
      'second factors': (who) => resetFactors(world.ports, acting, ORG, who, mayBe),
    };
    for (const [what, ask] of Object.entries(asked)) {
      const [who] = await idsOf(await world.fresh(['dispatcher']));
      must(await changePerson(world.ports, OPERATOR, ORG, who, { agency: 'medic' }));
      const code = await asMigrator(world.database, async (client) => {
        await client.query('begin');
        await client.query(`update identity.person set agency = 'engine' where org = $1 and id = $2`, [ORG, who]);
        const asking = ask(who).then(
          () => 'done',
          (error) => error.code,
        );
        await expect.poll(() => waitingForLocks(client)).toBe(1);
        await client.query('commit');
        return asking;
      });
      expect([what, code]).toEqual([what, 'reach.beyond']);
    }
  });

  it('leaves no code behind that was being made as the session ended', async () => {
    const user = await world.fresh(['admin']);
    const me = await world.bearerOf(await world.signedIn(user));
    const now = world.time.now;
    const demoted = await asMigrator(world.database, async (client) => {
      // A code in the making: its session has been looked at, its row is not committed yet.
      await client.query('begin');
      await client.query('select from identity.session where id = $1 for share', [me.session]);
      await client.query(
        `insert into identity.enrolment_code (org, id, site, hash, made_by, made_at, expires_at)
         values ($1, 'late', $2, 'late', $3, $4, $5)`,
        [ORG, world.seat.site, me.user, now, now + 3_600_000],
      );
      const losing = dispatcherNow(me.user);
      await expect.poll(() => waitingForLocks(client)).toBe(1);
      await client.query('commit');
      return losing;
    });
    must(demoted);
    const { rows } = await asMigrator(world.database, (client) =>
      client.query(`select expires_at <= $1 as void from identity.enrolment_code where id = 'late'`, [now]),
    );
    expect(rows).toEqual([{ void: true }]);
  });
});

/** Ids of people by their logins. */
async function idsOf(login: string): Promise<[string]> {
  const { rows } = await asMigrator(world.database, (client) =>
    client.query('select id from identity.person where org = $1 and login = $2', [ORG, login]),
  );
  return [rows[0].id];
}

/** How many of the database's connections wait for somebody else's lock. */
async function waitingForLocks(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0].n;
}

/** What rights are made of, as it is kept. */
async function everything(): Promise<unknown> {
  const tables = [
    'person',
    'invitation',
    'password_reset',
    'enrolment_code',
    'enrolment',
    'totp',
    'passkey',
    'policy',
    'sso',
  ];
  return asMigrator(world.database, async (client) => {
    const found = [];
    const others = [
      ...['kernel.device', 'kernel.site', 'kernel.module_switch', 'webhooks.endpoint', 'audit.retention'],
      ...['security.event', 'identity.recovery_code', 'identity.role_restriction', 'identity.federated'],
    ];
    for (const table of [...tables.map((name) => `identity.${name}`), ...others]) {
      const { rows } = await client.query(`select to_jsonb(t)::text as row from ${table} t order by 1`);
      found.push([table, rows.map(({ row }) => row)]);
    }
    return found;
  });
}
