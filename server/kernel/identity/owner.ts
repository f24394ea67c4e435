/** Whether somebody of an organisation may have a password, by its policy and by what they are called. */
import type { Outcome } from '#domain/kernel/refusal.ts';
import { acceptablePassword } from './passwords.ts';
import { policyIn } from './policy.ts';
import type { IdentityTx } from './tables.ts';

export async function acceptableFor(
  trx: IdentityTx,
  owner: { readonly login: string; readonly name: string },
  password: string,
): Promise<Outcome<string>> {
  const { org, name } = await trx.selectFrom('kernel.organisation').select(['org', 'name']).executeTakeFirstOrThrow();
  const { alone } = (await policyIn(trx)).password;
  return acceptablePassword(password, { ...owner, organisation: [org, name, ...name.split(/\s+/)] }, alone);
}
