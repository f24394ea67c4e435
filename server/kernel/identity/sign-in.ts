/**
 * Signing in with a password. What is refused is refused in one shape: the answer, and the work done for it, do not tell
 * whether a user name exists, whether the password was right or whether the account is paused.
 */
import { sql } from 'kysely';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { SessionOut } from '#domain/wire/sync.ts';
import { countAttempt, forgetAttempts } from './attempts.ts';
import { type ApiSessionOut, beginSession, type Holder } from './issue-session.ts';
import type { IdentityPorts } from './ports.ts';
import { limitKey } from './secrets.ts';
import type { IdentityTables } from './tables.ts';
import type { DeviceBearer } from './tokens.ts';

const SIGN_IN_REFUSED = refused(
  'sign_in.refused',
  'User name or password is not right, or sign-in is paused after too many wrong passwords; a supervisor can lift that.',
);

interface PersonRow extends Holder {
  readonly active: boolean;
  readonly password: string;
}

export interface SignIn {
  /** The station at which it happens; null for the API. */
  readonly device: DeviceBearer | null;
  readonly user: string;
  readonly password: string;
  readonly position: string | null;
}

/** Where an API user belongs: `name@org`, or a name that is the only one of its kind here. */
async function orgOfLogin(ports: IdentityPorts, user: string): Promise<{ org: string; login: string } | null> {
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ org: string }>('select org from identity.orgs_of_login($1)', [user]),
  );
  if (rows.length === 1 && rows[0]) return { org: rows[0].org, login: user };
  const at = user.lastIndexOf('@');
  return at > 0 ? { org: user.slice(at + 1), login: user.slice(0, at) } : null;
}

/** Signs a person in. At a station the answer carries the grant for signing in there without the center. */
export async function signIn(ports: IdentityPorts, input: SignIn): Promise<Outcome<SessionOut | ApiSessionOut>> {
  const user = input.user.trim().toLowerCase();
  const at = input.device ? { org: input.device.org, login: user } : await orgOfLogin(ports, user);
  if (!at) {
    await ports.passwords.holds(null, input.password);
    return SIGN_IN_REFUSED;
  }
  const { org, login } = at;
  const account = limitKey(input.device ? 'station' : 'api', login);
  const { person, paused } = await ports.db.inOrg<IdentityTables, { person: PersonRow | undefined; paused: boolean }>(
    { org },
    async (trx) => ({
      paused: await countAttempt(trx, org, account, ports.clock()),
      person: await trx.selectFrom('identity.person').selectAll().where('login', '=', login).executeTakeFirst(),
    }),
  );
  const here = person && (person.site === null || !input.device || person.site === input.device.site);
  const holds = await ports.passwords.holds(person?.password ?? null, input.password);
  const good = holds && person?.active && here && !paused;
  const { signer } = await ports.keys.centerKeys(org);
  return ports.db.inOrg<IdentityTables, Outcome<SessionOut | ApiSessionOut>>(
    { org, actor: good ? person.id : null, device: input.device?.station ?? null },
    async (trx) => {
      if (!good) {
        await sql`select audit.note_act('act', 'identity.person', ${person?.id ?? null}, ${JSON.stringify({ act: 'sign-in refused', station: input.device?.station ?? null, paused })}::jsonb)`.execute(
          trx,
        );
        return SIGN_IN_REFUSED;
      }
      // Whoever was withdrawn while the password was checked does not come in by it.
      const still = await trx
        .selectFrom('identity.person')
        .select('id')
        .where('id', '=', person.id)
        .where('active', '=', true)
        .where('password', '=', person.password)
        .forShare()
        .executeTakeFirst();
      if (!still) return SIGN_IN_REFUSED;
      await forgetAttempts(trx, account);
      return done(await beginSession(ports, trx, signer, org, person, input));
    },
  );
}
