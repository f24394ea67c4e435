/**
 * Signing in with a password. What is refused is refused in one shape: the answer, and the work done for it, do not tell
 * whether a user name exists, whether the password was right or whether the account is paused.
 */
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { SessionOut } from '#domain/wire/sync.ts';
import { noteAttempt, type SignInAttempt } from '../../security/attempts.ts';
import { isLetIn } from '../devices/devices.ts';
import { tell } from '../notices/notices.ts';
import {
  type Attempt,
  accountOf,
  countAttempt,
  forgetAttempts,
  NOWHERE,
  noteRefusal,
  takeBack,
  type Way,
} from '../passwords/attempts.ts';
import type { IdentityPorts } from '../ports.ts';
import { askSecondFactor, ENROL_FIRST, type Needed, SECOND_FACTOR_REFUSED } from '../second-factor/asking.ts';
import type { FactorGiven } from '../second-factor/given.ts';
import { type ApiSessionOut, beginSession, type Holder } from '../sessions/issue-session.ts';
import type { IdentityTables } from '../tables.ts';
import type { AtStation } from '../tokens/tokens.ts';

const SIGN_IN_REFUSED = refused(
  'sign_in.refused',
  'User name or password is not right, or sign-in is paused after too many wrong passwords; a supervisor can lift that.',
);

interface PersonRow extends Holder {
  readonly active: boolean;
  readonly password: string;
}

export interface SignIn extends FactorGiven {
  /** The station at which it happens; null for the API. */
  readonly device: AtStation | null;
  readonly user: string;
  readonly password: string;
  readonly position: string | null;
  /** At the center's own page, which holds the session in cookies. */
  readonly page?: boolean;
  /** The address it comes from; left out where there is no network between. */
  readonly from?: string;
  /** What the program that asks calls itself. */
  readonly client?: string | null;
}

interface Place {
  readonly org: string;
  readonly login: string;
}

/**
 * Where an API user belongs: `name@org`, or a name that is the only one of its kind here. Behind `@`, an organisation of this
 * center is that organisation: nobody of another takes the name from its owner by being called so.
 */
async function placeOfLogin(ports: IdentityPorts, user: string): Promise<Place> {
  const at = user.lastIndexOf('@');
  const named = { org: user.slice(at + 1), login: user.slice(0, Math.max(0, at)) };
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ orgs: string[] | null; known: boolean }>(
      `select (select array_agg(o.org) from identity.orgs_of_login($1) o) as orgs,
              exists (select from kernel.organisations() o where o = $2) as known`,
      [user, named.org],
    ),
  );
  if (at > 0 && rows[0]?.known) return named;
  const orgs = rows[0]?.orgs ?? [];
  return orgs.length === 1 && orgs[0] !== undefined ? { org: orgs[0], login: user } : { org: NOWHERE, login: user };
}

/**
 * Signs a person in. At a station the answer carries the grant for signing in there without the center. Who has a second
 * factor is asked for it once the password is right; wrong ones count as wrong passwords do.
 */
export async function signIn(
  ports: IdentityPorts,
  input: SignIn,
): Promise<Outcome<SessionOut | ApiSessionOut> | Needed> {
  ports.passwords.mustHaveRoom();
  const user = input.user.trim().toLowerCase();
  const { org, login } = input.device ? { org: input.device.org, login: user } : await placeOfLogin(ports, user);
  const way: Way = input.device ? 'station' : 'api';
  const { person, attempt } = await ports.db.inOrg<IdentityTables, { person: PersonRow | undefined; attempt: Attempt }>(
    { org },
    async (trx) => {
      const person = await trx.selectFrom('identity.person').selectAll().where('login', '=', login).executeTakeFirst();
      return { person, attempt: await countAttempt(trx, org, person ? way : 'nobody', login, ports.clock()) };
    },
  );
  const here = person && (person.site === null || !input.device || person.site === input.device.site);
  const holds = await ports.passwords.holds(person?.password ?? null, input.password);
  const device = input.device?.station ?? null;
  const tried = (good: boolean): SignInAttempt => ({
    account: accountOf(way, login),
    person: person?.id ?? null,
    address: input.from ?? '',
    station: device,
    good,
  });
  if (!(holds && person?.active && here && !attempt.paused)) {
    await ports.db.inOrg<IdentityTables, void>({ org, device }, async (trx) => {
      await noteRefusal(trx, org, person?.id ?? null, attempt);
      await noteAttempt(ports, trx, org === NOWHERE ? null : org, tried(false));
    });
    return SIGN_IN_REFUSED;
  }
  const asked = await askSecondFactor(ports, org, person, input, input.device !== null);
  const { signer } = await ports.keys.centerKeys(org);
  return ports.db.inOrg<IdentityTables, Outcome<SessionOut | ApiSessionOut> | Needed>(
    { org, actor: asked.kind === 'good' ? person.id : null, device },
    async (trx) => {
      if (asked.kind === 'needed' || asked.kind === 'enrol') {
        await takeBack(trx, way, login, attempt);
        return asked.kind === 'needed' ? asked.answer : ENROL_FIRST;
      }
      if (asked.kind === 'wrong' || !(await asked.redeem(trx))) {
        await noteRefusal(trx, org, person.id, attempt, 'second factor refused');
        await noteAttempt(ports, trx, org, tried(false));
        await tell(trx, org, person.id, 'second factor refused', tried(false));
        return SECOND_FACTOR_REFUSED;
      }
      // Whoever was withdrawn while the password was checked does not come in by it, nor a role that they lost.
      const still = await trx
        .selectFrom('identity.person')
        .select(['id', 'site', 'login', 'name', 'roles'])
        .where('id', '=', person.id)
        .where('active', '=', true)
        .where('password', '=', person.password)
        .forShare()
        .executeTakeFirst();
      // Nor does anybody at a workstation that was revoked meanwhile.
      if (!still || (device !== null && !(await isLetIn(trx, device)))) return SIGN_IN_REFUSED;
      await forgetAttempts(trx, login, [way]);
      await noteAttempt(ports, trx, org, tried(true));
      return done(await beginSession(ports, trx, signer, org, still, { ...input, amr: ['pwd', ...asked.amr] }));
    },
  );
}
