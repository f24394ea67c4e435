/** Codes that somebody is given to come in by or to set their password anew, and whom a token names. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { enrol, issueEnrolmentCode } from './devices/enrolment.ts';
import { issueReset, resetPassword } from './passwords/new-password.ts';
import { acceptInvitation, invite, lookAtInvitation } from './people/invitations.ts';
import { changePerson } from './people/people.ts';
import { OPERATOR } from './ports.ts';
import { signIn } from './sign-in/sign-in.ts';
import {
  asking,
  type IdentityWorld,
  identityWorld,
  must,
  organisationWithSite,
  PASSWORD,
  person,
  workstation,
} from './testing/identity.ts';

const HOUR = 3_600_000;
const NEW_PASSWORD = 'herons beside the breakwater';

let world: IdentityWorld;
beforeAll(async () => {
  world = await identityWorld();
  await organisationWithSite(world, 'codes');
});
afterAll(() => world.close());

describe('codes', () => {
  const input = { login: 'iris', name: 'Iris', roles: ['dispatcher' as const], site: null, agency: null, email: null };

  it('hold for 72 hours and a day, for one use, and one of two who use one at once (ASVS 6.4.1, 15.4.2)', async () => {
    const { code } = must(await invite(world.ports, OPERATOR, 'codes', input));
    world.time.now += 72 * HOUR + 1;
    expect(await lookAtInvitation(world.ports, code)).toMatchObject({ refusal: { code: 'invitation.code' } });
    const again = must(await invite(world.ports, OPERATOR, 'codes', input));
    world.time.now += 72 * HOUR - 1_000;
    const twice = { code: again.code, password: PASSWORD };
    const both = await Promise.all([1, 2].map(() => acceptInvitation(world.ports, 'r', twice)));
    expect(both.map((outcome) => outcome.ok).sort()).toEqual([false, true]);
    const who = both.flatMap((outcome) => (outcome.ok ? [outcome.value.person] : []))[0] ?? '';
    const late = must(await issueReset(world.ports, OPERATOR, 'codes', who));
    world.time.now += 24 * HOUR + 1;
    expect(await resetPassword(world.ports, 'r', { code: late.code, password: NEW_PASSWORD })).toMatchObject({
      refusal: { code: 'reset.code' },
    });
  });

  it('are void with the right of whoever made them: nobody leaves a door behind that they open later', async () => {
    const site = await organisationWithSite(world, 'left');
    const keeps = await person(world, 'left', 'keeps', ['admin']);
    const goes = await person(world, 'left', 'goes', ['admin']);
    const victim = await person(world, 'left', 'victim', ['admin']);
    const made = async (actor: string, login: string) => ({
      invited: must(await invite(world.ports, { actor }, 'left', { ...input, login })).code,
      station: must(await issueEnrolmentCode(world.ports, { actor }, 'left', site)).code,
    });
    const [theirs, others] = [await made(goes, 'late'), await made(keeps, 'fine')];
    const reset = must(await issueReset(world.ports, { actor: goes }, 'left', victim)).code;
    must(await changePerson(world.ports, { actor: keeps }, 'left', goes, { roles: ['dispatcher'] }));
    expect((await lookAtInvitation(world.ports, theirs.invited)).ok).toBe(false);
    expect((await resetPassword(world.ports, 'r', { code: reset, password: NEW_PASSWORD })).ok).toBe(false);
    expect((await lookAtInvitation(world.ports, others.invited)).ok).toBe(true);
    const asks = (code: string) => enrol(world.ports, asking(world, signerOf(newSigningKey()), { code }), '192.0.2.1');
    expect(await asks(theirs.station)).toMatchObject({ refusal: { code: 'enrol.code' } });
    expect(await asks(others.station)).toMatchObject({ ok: true });
  });

  it('are void with the reach of whoever made them, where they administer one agency from then on', async () => {
    await organisationWithSite(world, 'narrow');
    const keeps = await person(world, 'narrow', 'keeps', ['admin']);
    const stays = await person(world, 'narrow', 'stays', ['admin']);
    const victim = await person(world, 'narrow', 'victim', ['admin']);
    const { code } = must(await invite(world.ports, { actor: stays }, 'narrow', { ...input, roles: ['admin'] }));
    const reset = must(await issueReset(world.ports, { actor: stays }, 'narrow', victim)).code;
    must(await changePerson(world.ports, { actor: keeps }, 'narrow', stays, { agency: 'medic' }));
    expect((await lookAtInvitation(world.ports, code)).ok).toBe(false);
    expect((await resetPassword(world.ports, 'r', { code: reset, password: NEW_PASSWORD })).ok).toBe(false);
  });

  it('for a password are void once their person may do more, or works for others, than when they were made', async () => {
    await organisationWithSite(world, 'more');
    const admin = await person(world, 'more', 'admin', ['admin']);
    const isGood = async (change: Parameters<typeof changePerson>[4], login: string): Promise<boolean> => {
      const who = await person(world, 'more', login, ['dispatcher']);
      must(await changePerson(world.ports, { actor: admin }, 'more', who, { agency: 'medic' }));
      const { code } = must(await issueReset(world.ports, { actor: admin }, 'more', who));
      must(await changePerson(world.ports, { actor: admin }, 'more', who, change));
      must(await changePerson(world.ports, { actor: admin }, 'more', who, { active: true }));
      return (await resetPassword(world.ports, 'r', { code, password: NEW_PASSWORD })).ok;
    };
    expect(await isGood({ roles: ['admin', 'dispatcher'] }, 'raised')).toBe(false);
    expect(await isGood({ agency: null }, 'widened')).toBe(false);
    expect(await isGood({ agency: 'engine' }, 'moved')).toBe(false);
    expect(await isGood({ active: false }, 'back')).toBe(false);
    expect(await isGood({ name: 'Another Name' }, 'renamed')).toBe(true);
  });

  it('of one kind are none of another, and none is kept in clear', async () => {
    const { code } = must(await invite(world.ports, OPERATOR, 'codes', { ...input, login: 'ivan' }));
    expect((await resetPassword(world.ports, 'r', { code, password: NEW_PASSWORD })).ok).toBe(false);
    const { rows } = await asMigrator(world.database, (client) =>
      client.query(`select row_to_json(i)::text as row from identity.invitation i
        union all select row_to_json(e)::text from audit.entry e`),
    );
    for (const { row } of rows) {
      expect(row).not.toContain(code);
      expect(row).not.toContain(code.replaceAll('-', ''));
    }
  });

  it('ends what the workstations hold with the password: a station is told of its session', async () => {
    const site = await organisationWithSite(world, 'told');
    const seat = await workstation(world, 'told', site);
    const id = await person(world, 'told', 'tess', ['dispatcher'], site);
    const out = must(await signIn(world.ports, { device: seat, user: 'tess', password: PASSWORD, position: null }));
    const { code } = must(await issueReset(world.ports, OPERATOR, 'told', id));
    must(await resetPassword(world.ports, 'r', { code, password: NEW_PASSWORD }));
    expect(world.ended).toContain(out.session);
    const standings = await world.log.intake('told', async (tx) => (await tx.authors([], [out.session])).standings);
    expect(standings.get(out.session)?.validUntil).toBeLessThanOrEqual(world.time.now);
  });
});

describe('a person', () => {
  it('is what a token names by an id that is nobody else’s ever: no person is deleted, and no id given twice (ASVS 10.3.3)', async () => {
    const site = await organisationWithSite(world, 'kept');
    const id = await person(world, 'kept', 'kay', ['dispatcher'], site);
    must(await changePerson(world.ports, OPERATOR, 'kept', id, { active: false }));
    const run = (text: string) => world.database.db.inOrgClient({ org: 'kept' }, (client) => client.query(text, [id]));
    await expect(run('delete from identity.person where id = $1')).rejects.toMatchObject({ code: '42501' });
    const anew = `insert into identity.person (org, id, login, name, password, roles, created_at, changed_at)
      values ('kept', $1, 'kit', 'Kit', 'x', '{}', 1, 1)`;
    await expect(run(anew)).rejects.toMatchObject({ code: '23505' });
    expect(await person(world, 'kept', 'kit', ['dispatcher'], site)).not.toBe(id);
  });
});
