/** What a right password still has to be joined by. */
import type { Method, SecondFactorNeeded } from '#domain/identity/api/mfa.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { type Outcome, type Refusal, refused } from '#domain/kernel/refusal.ts';
import { Problem, problemOf } from '../../http/problem.ts';
import type { IdentityPorts } from '../ports.ts';
import type { IdentityTables } from '../tables.ts';
import type { ChallengeFor } from './challenge.ts';
import { type FactorGiven, type GoodFactor, goodFactor } from './given.ts';
import { factorsOf, type HeldFactors, isRequired, methodsOf } from './held.ts';
import { requestOptions } from './passkeys.ts';

/** A refusal that says what is missing. */
export interface Needed {
  readonly ok: false;
  readonly refusal: Refusal;
  readonly secondFactor: SecondFactorNeeded;
}

/**
 *  good     go on; `amr` joins `pwd`
 *  needed   nothing was given, and something has to be: no wrong try
 *  enrol    they have none, have to, and cannot set one up where they are: no wrong try
 *  wrong    what was given is not right
 */
type Asked =
  | ({ readonly kind: 'good' } & GoodFactor)
  | { readonly kind: 'needed'; readonly answer: Needed }
  | { readonly kind: 'enrol' }
  | { readonly kind: 'wrong' };

const NOTHING: GoodFactor = { amr: [], redeem: async () => true };

export const SECOND_FACTOR_REFUSED = refused(
  'second_factor.refused',
  'This code is not right, or was used before; wait for the next one, or use a recovery code.',
  'code',
);
export const ENROL_FIRST = refused(
  'second_factor.enrol',
  'Your role asks for a second factor: sign in at the center in a browser and set one up first.',
);

/** Asked only once the password is known to be right. */
export async function askSecondFactor(
  ports: IdentityPorts,
  org: string,
  person: { readonly id: string; readonly roles: readonly Role[] },
  given: FactorGiven,
  atStation: boolean,
): Promise<Asked> {
  const { held, required } = await ports.db.inOrg<IdentityTables, { held: HeldFactors; required: boolean }>(
    { org },
    async (trx) => ({ held: await factorsOf(trx, person.id), required: await isRequired(trx, person.roles) }),
  );
  const methods = methodsOf(held);
  // At a browser such a session leads no further than to setting one up; a console has no place for that.
  if (methods.length === 0) return required && atStation ? { kind: 'enrol' } : { kind: 'good', ...NOTHING };
  const of: ChallengeFor = { purpose: 'second factor', to: person.id };
  if (given.code === undefined && given.passkey === undefined) {
    const passkey =
      atStation || held.passkeys.length === 0 ? null : { ...(await requestOptions(ports, of, held.passkeys)) };
    const usable = atStation ? methods.filter((method) => method !== 'passkey') : methods;
    return { kind: 'needed', answer: needed(usable, passkey) };
  }
  const good = await goodFactor(ports, org, person.id, held, given, of);
  return good ? { kind: 'good', ...good } : { kind: 'wrong' };
}

function needed(methods: readonly Method[], passkey: SecondFactorNeeded['passkey']): Needed {
  const message = methods.includes('totp')
    ? 'Type the code of your authenticator app, or a recovery code.'
    : passkey
      ? 'Confirm with your passkey, or type a recovery code.'
      : 'Type a recovery code; for a code at every sign-in, set up an authenticator app at the center in a browser.';
  const refusal: Refusal = { code: 'second_factor.needed', message, field: 'code' };
  return { ok: false, refusal, secondFactor: { methods: [...methods], passkey } };
}

/** What a sign-in opened; thrown as the door's answer where it was refused, with what is missing where something is. */
export function signedIn<T>(outcome: Outcome<T> | Needed): T {
  if (outcome.ok) return outcome.value;
  const { refusal } = outcome;
  if (!('secondFactor' in outcome)) throw problemOf(refusal, 401);
  throw new Problem(401, refusal.code, refusal.message, { field: 'code', secondFactor: outcome.secondFactor });
}
