/** The security policy as fields of a form, each by the name that the center gives it in a refusal. Pure. */
import type { MfaRequirement, Policy } from '#domain/identity/policy.ts';
import { type Role, RoleSchema } from '#domain/kernel/permission.ts';

export const OFFLINE_ROLES = 'policy.offline.roles';
export const mfaField = (role: Role): `policy.mfa.${Role}` => `policy.mfa.${role}`;

/** Numbers as they are typed. */
export type PolicyNumber =
  | 'policy.lockout.tries'
  | 'policy.lockout.windowMinutes'
  | 'policy.lockout.pauseMinutes'
  | 'policy.password.alone'
  | 'policy.password.withMfa'
  | 'policy.idleLockMinutes'
  | 'policy.offline.hours';

export type PolicyFields = { readonly [N in PolicyNumber]: string } & { readonly [OFFLINE_ROLES]: readonly Role[] } & {
  readonly [R in Role as `policy.mfa.${R}`]: MfaRequirement;
};

export function fieldsOf({ lockout, password, mfa, idleLockMinutes, offline }: Policy): PolicyFields {
  const factors = RoleSchema.options.map((role) => [mfaField(role), mfa[role] ?? 'optional']);
  return {
    'policy.lockout.tries': String(lockout.tries),
    'policy.lockout.windowMinutes': String(lockout.windowMinutes),
    'policy.lockout.pauseMinutes': String(lockout.pauseMinutes),
    'policy.password.alone': String(password.alone),
    'policy.password.withMfa': String(password.withMfa),
    'policy.idleLockMinutes': String(idleLockMinutes),
    'policy.offline.hours': String(offline.hours),
    [OFFLINE_ROLES]: offline.roles,
    ...(Object.fromEntries(factors) as { [R in Role as `policy.mfa.${R}`]: MfaRequirement }),
  };
}

/** What is typed, as the center takes it; what is no number it refuses at its field. Of the second factors, those that differ from before. */
export function policyOf(typed: PolicyFields, before: Policy): Policy {
  const number = (name: PolicyNumber): number => (typed[name].trim() === '' ? Number.NaN : Number(typed[name]));
  const mfa = { ...before.mfa };
  for (const role of RoleSchema.options)
    if ((before.mfa[role] ?? 'optional') !== typed[mfaField(role)]) mfa[role] = typed[mfaField(role)];
  return {
    lockout: {
      tries: number('policy.lockout.tries'),
      windowMinutes: number('policy.lockout.windowMinutes'),
      pauseMinutes: number('policy.lockout.pauseMinutes'),
    },
    password: { alone: number('policy.password.alone'), withMfa: number('policy.password.withMfa') },
    mfa,
    idleLockMinutes: number('policy.idleLockMinutes'),
    offline: { hours: number('policy.offline.hours'), roles: [...typed[OFFLINE_ROLES]] },
  };
}
