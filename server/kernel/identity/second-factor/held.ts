/** What second factors a person has. */
import type { Selectable } from 'kysely';
import type { z } from 'zod';
import type { Method, SecondFactorsOutSchema } from '#domain/identity/api/mfa.ts';
import { mfaRequirement } from '#domain/identity/policy.ts';
import type { SecondFactor } from '#domain/kernel/authorise.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { policyIn } from '../policy/policy.ts';
import type { IdentityTx } from '../tables.ts';
import type { SecondFactorTables } from './tables.ts';

/** Among the methods a session was opened with: two factors, or a passkey, which is two in one (RFC 8176, 2). */
export const MFA = 'mfa';

export interface HeldFactors {
  readonly totp: Selectable<SecondFactorTables['identity.totp']> | null;
  readonly passkeys: readonly Selectable<SecondFactorTables['identity.passkey']>[];
  /** Those not used yet. */
  readonly recovery: readonly Selectable<SecondFactorTables['identity.recovery_code']>[];
}

export async function factorsOf(trx: IdentityTx, person: string): Promise<HeldFactors> {
  const totp = await trx
    .selectFrom('identity.totp')
    .selectAll()
    .where('person', '=', person)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  const passkeys = await trx
    .selectFrom('identity.passkey')
    .selectAll()
    .where('person', '=', person)
    .orderBy('made_at')
    .execute();
  const recovery = await trx
    .selectFrom('identity.recovery_code')
    .selectAll()
    .where('person', '=', person)
    .where('used_at', 'is', null)
    .execute();
  return { totp: totp ?? null, passkeys, recovery };
}

/** By what the person can prove a second factor, the strongest first; empty where they have none. */
export function methodsOf(held: HeldFactors): readonly Method[] {
  const methods: Method[] = [];
  if (held.passkeys.length > 0) methods.push('passkey');
  if (held.totp) methods.push('totp');
  if (methods.length > 0 && held.recovery.length > 0) methods.push('recovery');
  return methods;
}

/** How many factors stand by themselves; recovery codes only stand in for one. */
export function howMany(held: HeldFactors): number {
  return held.passkeys.length + (held.totp ? 1 : 0);
}

/** Whether a session of these roles, opened by these methods, has the second factor that its organisation asks for. */
export function secondFactorOf(required: boolean, amr: readonly string[]): SecondFactor {
  if (amr.includes(MFA)) return 'given';
  return required ? 'missing' : 'not needed';
}

/** Whether the organisation's policy asks these roles for a second factor. */
export async function isRequired(trx: IdentityTx, roles: readonly Role[]): Promise<boolean> {
  return mfaRequirement(await policyIn(trx), roles) === 'required';
}

/** The same for the person's own eyes. */
export function factorsShown(
  held: HeldFactors,
  required: boolean,
  given: boolean,
): z.input<typeof SecondFactorsOutSchema> {
  const first = held.recovery[0];
  return {
    required,
    given,
    totp: held.totp ? { since: held.totp.confirmed_at ?? held.totp.made_at } : null,
    passkeys: held.passkeys.map(({ id, name, made_at, last_used_at, synced }) => ({
      id,
      name,
      createdAt: made_at,
      lastUsedAt: last_used_at,
      synced,
    })),
    recoveryCodes: first ? { left: held.recovery.length, madeAt: first.made_at } : null,
  };
}
