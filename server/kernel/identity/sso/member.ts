/**
 * Who somebody is here whom a provider vouches for. By the provider's own name of them first, for good; by a verified e-mail
 * address once, to somebody who is known or invited here. Nobody comes in who is neither, unless the organisation says so. An
 * address is what an administrator writes down: where somebody may hold another way in to that account, it links only in the
 * browser of whoever has just come in by that way.
 */
import { randomBytes } from 'node:crypto';
import type { SsoRefusal, SsoSettings } from '#domain/identity/api/sso.ts';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { Problem } from '../../http/problem.ts';
import { mustStand } from '../must-stand.ts';
import { changePerson, insertPerson, publishPerson } from '../people/people.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import { type Ended, withdraw } from '../sessions/withdrawal.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import type { Vouched } from './claims.ts';
import type { Ticket } from './ticket.ts';

type Found =
  | { readonly ok: true; readonly person: string; readonly fresh: boolean; readonly ended: readonly Ended[] }
  | { readonly ok: false; readonly why: SsoRefusal };

const found = (person: string, fresh = false, ended: readonly Ended[] = []): Found => ({
  ok: true,
  person,
  fresh,
  ended,
});
const not = (why: SsoRefusal): Found => ({ ok: false, why });

/** The person, with the roles that their groups give them now: what they lost is withdrawn at once. */
export async function memberFor(
  ports: IdentityPorts,
  org: string,
  settings: SsoSettings,
  vouched: Vouched,
  holder: Ticket['holder'],
  request: string,
): Promise<Found> {
  // Nobody knows it: such a person signs in by the provider, or has an administrator reset it.
  const password = await ports.passwords.hash(randomBytes(32).toString('base64url'));
  const acting: Acting = { actor: 'single sign-on', request };
  const who = await ports.db.inOrg<IdentityTables, Found>({ org, ...acting }, async (trx) => {
    // The organisation's row is the lock: two first sign-ins of one person follow each other.
    await trx.selectFrom('kernel.organisation').select('org').forNoKeyUpdate().execute();
    return linkedTo(trx, org, settings, vouched, {
      password,
      holder,
      now: ports.clock(),
      id: () => uuidV7(ports.clock(), ports.random),
    });
  });
  if (!who.ok) return who;
  ports.sessionsEnded(org, who.ended);
  if (who.fresh) {
    await publishPerson(ports, org, who.person);
    return who;
  }
  const held = await ports.db.inOrg<IdentityTables, { roles: string[] }>({ org }, (trx) =>
    trx.selectFrom('identity.person').select('roles').where('id', '=', who.person).executeTakeFirstOrThrow(),
  );
  if (JSON.stringify([...held.roles].sort()) === JSON.stringify(vouched.roles)) return who;
  const changed = await changePerson(ports, acting, org, who.person, { roles: vouched.roles });
  return changed.ok ? who : not(changed.refusal.code === 'person.last_admin' ? 'sso.last_admin' : 'sso.unknown');
}

interface Making {
  readonly password: string;
  /** Who is to be linked because they have shown that they are it. */
  readonly holder: Ticket['holder'];
  readonly now: number;
  readonly id: () => string;
}

async function linkedTo(
  trx: IdentityTx,
  org: string,
  settings: SsoSettings,
  { issuer, subject, email, name, roles }: Vouched,
  making: Making,
): Promise<Found> {
  const { now, password, holder } = making;
  const linked = await trx
    .selectFrom('identity.federated as f')
    .innerJoin('identity.person as p', 'p.id', 'f.person')
    .select(['f.id', 'p.id as person', 'p.active'])
    .where('f.issuer', '=', issuer)
    .where('f.subject', '=', subject)
    .executeTakeFirst();
  if (linked) {
    if (!linked.active) return not('sso.unknown');
    await trx.updateTable('identity.federated').set({ last_at: now }).where('id', '=', linked.id).execute();
    return found(linked.person);
  }
  const link = async (person: string): Promise<void> => {
    const at = { linked_at: now, last_at: now };
    await trx
      .insertInto('identity.federated')
      .values({ org, id: making.id(), person, issuer, subject, ...at })
      .execute();
  };
  const known = await trx
    .selectFrom('identity.person')
    .select(['id', 'active', 'password_changed_at'])
    .where((where) => where(where.fn('lower', ['email']), '=', email))
    .forUpdate()
    .execute();
  const [one] = known;
  if (one) {
    // Of two with one address nobody can say which it is; one whom the provider knows by another name is somebody else.
    if (known.length > 1 || !one.active) return not('sso.unknown');
    const other = await trx
      .selectFrom('identity.federated')
      .select('id')
      .where('person', '=', one.id)
      .where('issuer', '=', issuer)
      .executeTakeFirst();
    if (other) return not('sso.other');
    if (holder?.person === one.id ? !(await stands(trx, holder)) : await opensOtherwise(trx, one))
      return not('sso.confirm');
    await link(one.id);
    // Of an account that nobody else can open, what somebody opened before goes with its old link.
    return found(one.id, false, holder === null ? await withdraw(trx, { person: one.id }, now) : []);
  }
  const invited = await trx
    .selectFrom('identity.invitation')
    .selectAll()
    .where((where) => where(where.fn('lower', ['email']), '=', email))
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now)
    .forUpdate()
    .executeTakeFirst();
  if (!invited && !settings.provision) return not('sso.unknown');
  const person = making.id();
  const as = invited ?? { login: email.slice(0, 120), name, site: settings.provision?.site ?? null, agency: null };
  const { login, site, agency } = as;
  const made = await insertPerson(
    trx,
    { org, id: person, login, name: as.name, site, agency, email, roles, password },
    { now, passwordChosen: false },
  );
  if (!made) return not('sso.other');
  if (invited) {
    await trx
      .updateTable('identity.invitation')
      .set({ accepted_at: now, person })
      .where('id', '=', invited.id)
      .execute();
  }
  await link(person);
  return found(person, true);
}

/** Whether the session in which it was begun is still there. */
const stands = (trx: IdentityTx, { session }: { readonly session: string }): Promise<boolean> =>
  mustStand(trx, { session }).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Problem) return false;
      throw error;
    },
  );

/** Whether somebody may hold a password or a passkey of theirs. */
async function opensOtherwise(
  trx: IdentityTx,
  { id, password_changed_at }: { readonly id: string; readonly password_changed_at: number | null },
): Promise<boolean> {
  if (password_changed_at !== null) return true;
  const passkey = await trx.selectFrom('identity.passkey').select('id').where('person', '=', id).executeTakeFirst();
  return passkey !== undefined;
}
