/** Whether somebody of an organisation may have a password, by its policy and by what they are called. */
import { passwordMinimum } from '#domain/identity/policy.ts';
import type { Role } from '#domain/kernel/permission.ts';
import type { Outcome } from '#domain/kernel/refusal.ts';
import { acceptablePassword } from './passwords.ts';
import { policyIn } from './policy.ts';
import type { IdentityTx } from './tables.ts';

export async function acceptableFor(
  trx: IdentityTx,
  owner: { readonly login: string; readonly name: string; readonly roles: readonly Role[] },
  password: string,
): Promise<Outcome<string>> {
  const { org, name } = await trx.selectFrom('kernel.organisation').select(['org', 'name']).executeTakeFirstOrThrow();
  const atLeast = passwordMinimum(await policyIn(trx), owner.roles);
  return acceptablePassword(password, { ...owner, organisation: [org, name, ...name.split(/\s+/)] }, atLeast);
}
