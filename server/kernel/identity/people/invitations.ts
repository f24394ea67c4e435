/** Invitations: the only way into an organisation. Whoever holds the code chooses their own password, and is then a person. */
import type { z } from 'zod';
import type { InvitationInSchema, InvitationLookSchema, InvitationOut } from '#domain/identity/api/people.ts';
import { passwordMinimum } from '#domain/identity/policy.ts';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { mustStand } from '../must-stand.ts';
import { acceptableFor } from '../passwords/owner.ts';
import { policyIn } from '../policy/policy.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import { codeHash, newCode } from '../secrets.ts';
import { ordered } from '../sessions/withdrawal.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import type { MustBeAllowed } from '../works-at.ts';
import { insertPerson, publishPerson } from './people.ts';

/** Over a weekend. */
const LIFE_MS = 72 * 3_600_000;

const UNKNOWN_CODE = refused(
  'invitation.code',
  'This code is not known, was used, taken back or has expired; ask whoever gave it to you for another.',
  'code',
);
const TAKEN = refused('person.known', 'This user name is taken; choose another.', 'login');

/**
 * Makes an invitation; one that is open for the same user name is taken back, by whoever may invite where it leads. The code
 * is said here and never again.
 */
export async function invite(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  input: z.output<typeof InvitationInSchema>,
  mustBeAllowed: MustBeAllowed = () => undefined,
): Promise<Outcome<{ readonly invitation: string; readonly code: string; readonly expiresAt: number }>> {
  const now = ports.clock();
  const code = newCode(ports.random);
  const id = uuidV7(now, ports.random);
  const expiresAt = now + LIFE_MS;
  return ports.db.inOrg<IdentityTables, Outcome<{ invitation: string; code: string; expiresAt: number }>>(
    { org, ...acting },
    async (trx) => {
      await mustStand(trx, acting);
      const { login, name, site, agency, email } = input;
      const taken = await trx.selectFrom('identity.person').select('id').where('login', '=', login).executeTakeFirst();
      if (taken) return TAKEN;
      if (site !== null) {
        const known = await trx.selectFrom('kernel.site').select('site').where('site', '=', site).executeTakeFirst();
        if (!known) return refused('site.unknown', 'This site is not known; choose one of the list.', 'site');
      }
      const before = await trx
        .updateTable('identity.invitation')
        .set({ revoked_at: now })
        .where('login', '=', login)
        .where('accepted_at', 'is', null)
        .where('revoked_at', 'is', null)
        .returning(['site', 'agency', 'expires_at'])
        .execute();
      for (const open of before) if (open.expires_at > now) mustBeAllowed(open);
      await trx
        .insertInto('identity.invitation')
        .values({
          ...{ org, id, login, name, site, agency, email },
          roles: ordered(input.roles),
          hash: codeHash('invite', code),
          made_by: acting.actor,
          made_at: now,
          expires_at: expiresAt,
        })
        .execute();
      return done({ invitation: id, code, expiresAt });
    },
  );
}

/** Of the organisation's, newest first. */
export function invitationsOf(ports: IdentityPorts, org: string): Promise<readonly InvitationOut[]> {
  const now = ports.clock();
  return ports.db.inOrg<IdentityTables, InvitationOut[]>({ org }, async (trx) => {
    const rows = await trx
      .selectFrom('identity.invitation')
      .selectAll()
      .orderBy('made_at', 'desc')
      .limit(500)
      .execute();
    return rows.map((row) => ({
      invitation: row.id,
      ...{ login: row.login, name: row.name, roles: row.roles, site: row.site, agency: row.agency, email: row.email },
      ...{ madeBy: row.made_by, madeAt: row.made_at, expiresAt: row.expires_at, person: row.person },
      state:
        row.accepted_at !== null
          ? 'accepted'
          : row.revoked_at !== null
            ? 'revoked'
            : row.expires_at <= now
              ? 'expired'
              : 'open',
    }));
  });
}

/** Takes an open invitation back. */
export function revokeInvitation(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  invitation: string,
  mustBeAllowed: MustBeAllowed,
): Promise<Outcome<null>> {
  return ports.db.inOrg<IdentityTables, Outcome<null>>({ org, ...acting }, async (trx) => {
    const row = await trx
      .updateTable('identity.invitation')
      .set({ revoked_at: ports.clock() })
      .where('id', '=', invitation)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .returning(['site', 'agency'])
      .executeTakeFirst();
    if (!row) return refused('invitation.unknown', 'This invitation is not open any more.', 'invitation');
    mustBeAllowed(row);
    return done(null);
  });
}

/** What whoever holds a code is told of it before they choose a password. */
export async function lookAtInvitation(
  ports: IdentityPorts,
  code: string,
): Promise<Outcome<z.input<typeof InvitationLookSchema>>> {
  const org = await orgOfInvitation(ports, code);
  if (org === null) return UNKNOWN_CODE;
  return ports.db.inOrg<IdentityTables, Outcome<z.input<typeof InvitationLookSchema>>>({ org }, async (trx) => {
    const open = await openInvitation(trx, code, ports.clock());
    if (!open) return UNKNOWN_CODE;
    const { name } = await trx.selectFrom('kernel.organisation').select('name').executeTakeFirstOrThrow();
    return done({
      organisation: name,
      login: open.login,
      name: open.name,
      passwordAtLeast: passwordMinimum(await policyIn(trx), open.roles),
      expiresAt: open.expires_at,
    });
  });
}

/** Makes the person with the password they chose. Of two who use one code at once, one is told that it was used. */
export async function acceptInvitation(
  ports: IdentityPorts,
  request: string,
  input: { readonly code: string; readonly password: string; readonly name?: string | undefined },
): Promise<Outcome<{ readonly person: string; readonly user: string }>> {
  const org = await orgOfInvitation(ports, input.code);
  if (org === null) return UNKNOWN_CODE;
  const held = await ports.db.inOrg<IdentityTables, Outcome<null>>({ org }, async (trx) => {
    const open = await openInvitation(trx, input.code, ports.clock());
    if (!open) return UNKNOWN_CODE;
    const owner = { login: open.login, name: input.name ?? open.name, roles: open.roles };
    const acceptable = await acceptableFor(trx, ports.passwords, owner, input.password);
    return acceptable.ok ? done(null) : acceptable;
  });
  if (!held.ok) return held;
  const password = await ports.passwords.hash(input.password);
  const now = ports.clock();
  const id = uuidV7(now, ports.random);
  const made = await ports.db.inOrg<IdentityTables, Outcome<{ login: string }>>(
    { org, actor: id, request },
    async (trx) => {
      const open = await openInvitation(trx, input.code, now);
      if (!open) return UNKNOWN_CODE;
      const { login, roles, site, agency, email } = open;
      const name = input.name ?? open.name;
      const person = { org, id, login, name, roles, site, agency, email, password };
      if (!(await insertPerson(trx, person, { now, passwordChosen: true }))) return TAKEN;
      await trx
        .updateTable('identity.invitation')
        .set({ accepted_at: now, person: id })
        .where('id', '=', open.id)
        .execute();
      return done({ login });
    },
  );
  if (!made.ok) return made;
  await publishPerson(ports, org, id);
  return done({ person: id, user: `${made.value.login}@${org}` });
}

/** The open invitation of a code, its row locked. */
function openInvitation(trx: IdentityTx, code: string, now: number) {
  return trx
    .selectFrom('identity.invitation')
    .selectAll()
    .where('hash', '=', codeHash('invite', code))
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .forUpdate()
    .executeTakeFirst();
}

async function orgOfInvitation(ports: IdentityPorts, code: string): Promise<string | null> {
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ org: string }>('select org from identity.org_of_invitation($1)', [codeHash('invite', code)]),
  );
  return rows[0]?.org ?? null;
}
