/** Whether somebody of an organisation may have a password, by its policy, by what they are called and by what leaked elsewhere. */
import { passwordMinimum } from '#domain/identity/policy.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { type Outcome, refused } from '#domain/kernel/refusal.ts';
import { policyIn } from '../policy/policy.ts';
import type { IdentityTx } from '../tables.ts';
import { acceptablePassword, type Passwords } from './passwords.ts';

const BREACHED = refused(
  'password.breached',
  'Choose another password: this one was in a leak of another service, and those are tried first.',
  'password',
);

/**
 * A password as it is kept, or why its owner may not have it: too short for their roles, like their name, known from a breach.
 */
export async function acceptableFor(
  trx: IdentityTx,
  passwords: Pick<Passwords, 'isBreached'>,
  owner: { readonly login: string; readonly name: string; readonly roles: readonly Role[] },
  password: string,
): Promise<Outcome<string>> {
  const { org, name } = await trx.selectFrom('kernel.organisation').select(['org', 'name']).executeTakeFirstOrThrow();
  const atLeast = passwordMinimum(await policyIn(trx), owner.roles);
  const called = { ...owner, organisation: [org, name, ...name.split(/\s+/)] };
  const acceptable = acceptablePassword(password, called, atLeast);
  return acceptable.ok && (await passwords.isBreached(password)) ? BREACHED : acceptable;
}
