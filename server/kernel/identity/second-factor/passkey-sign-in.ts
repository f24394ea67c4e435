/** Signing in at the center with a passkey alone: it holds the key and has verified its person, so it is two factors. */
import type { Assertion } from '#domain/identity/api/mfa.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { noteAttempt } from '../../security/attempts.ts';
import { actIn } from '../acts.ts';
import { accountOf } from '../passwords/attempts.ts';
import type { IdentityPorts } from '../ports.ts';
import { type ApiSessionOut, beginSession, type Holder } from '../sessions/issue-session.ts';
import type { IdentityTables } from '../tables.ts';
import type { ChallengeFor } from './challenge.ts';
import { goodFactor } from './given.ts';
import { factorsOf, type HeldFactors } from './held.ts';
import { type RequestOptions, requestOptions } from './passkeys.ts';

const SIGNING_IN: ChallengeFor = { purpose: 'sign in', to: '' };
const PASSKEY_REFUSED = refused('sign_in.refused', 'This passkey opens nothing here; sign in another way.');

/** Nobody is named: the browser offers what it holds for this address. */
export function passkeySignInOptions(ports: IdentityPorts): Promise<RequestOptions> {
  return requestOptions(ports, SIGNING_IN, []);
}

/** A signature is not guessed, so no pause after wrong passwords stands in its way. */
export async function signInByPasskey(
  ports: IdentityPorts,
  assertion: Assertion,
  address = '',
  client: string | null = null,
): Promise<Outcome<ApiSessionOut>> {
  const { rows } = await ports.db.preOrg((db) =>
    db.query<{ org: string }>('select org from identity.org_of_passkey($1)', [assertion.id]),
  );
  const org = rows[0]?.org;
  if (org === undefined) return PASSKEY_REFUSED;
  const known = await ports.db.inOrg<
    IdentityTables,
    { person: Pick<Holder, 'id' | 'login'>; held: HeldFactors } | null
  >({ org }, async (trx) => {
    const person = await trx
      .selectFrom('identity.person as p')
      .innerJoin('identity.passkey as k', 'k.person', 'p.id')
      .select(['p.id', 'p.login'])
      .where('k.credential', '=', assertion.id)
      .executeTakeFirst();
    return person ? { person, held: await factorsOf(trx, person.id) } : null;
  });
  const handle = assertion.response.userHandle;
  const theirs = known && (handle === undefined || Buffer.from(handle, 'base64url').toString() === known.person.id);
  const good = theirs
    ? await goodFactor(ports, org, known.person.id, known.held, { passkey: assertion }, SIGNING_IN)
    : null;
  const { signer } = await ports.keys.centerKeys(org);
  return ports.db.inOrg<IdentityTables, Outcome<ApiSessionOut>>(
    { org, actor: good && known ? known.person.id : null },
    async (trx) => {
      const still =
        good && known && (await good.redeem(trx))
          ? await trx
              .selectFrom('identity.person')
              .select(['id', 'site', 'login', 'name', 'roles'])
              .where('id', '=', known.person.id)
              .where('active', '=', true)
              .forShare()
              .executeTakeFirst()
          : undefined;
      if (known) {
        const { id, login } = known.person;
        const account = accountOf('api', login);
        await noteAttempt(ports, trx, org, { account, person: id, address, station: null, good: still !== undefined });
      }
      if (!good || !known || !still) {
        await actIn(trx, 'identity.person', known?.person.id ?? null, { act: 'passkey refused' });
        return PASSKEY_REFUSED;
      }
      const from = { device: null, position: null, amr: good.amr, page: true, client };
      return done(await beginSession(ports, trx, signer, org, still, from));
    },
  );
}
