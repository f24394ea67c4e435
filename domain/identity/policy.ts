/** The security policy of an organisation: what its administrators set, between bounds that keep every choice sound. */
import { z } from 'zod';
import { type Role, RoleSchema } from '../kernel/permission.ts';

const MfaRequirementSchema = z.enum(['off', 'optional', 'required']);
export type MfaRequirement = z.infer<typeof MfaRequirementSchema>;

/** Whoever works the floor. What an administrator does besides waits for the center. */
const OFFLINE_ROLES: readonly Role[] = [
  'supervisor',
  'dispatcher',
  'call_taker',
  'provider',
  'medical_director',
  'pilot',
  'flight_nurse',
  'flight_medic',
  'hems_supervisor',
  'integration',
];

/** `tries` wrong passwords within `windowMinutes` pause sign-in for `pauseMinutes` (CJIS 6.0, AC-7: 5, 15, 30). */
export const LockoutSchema = z.strictObject({
  tries: z.int().min(3).max(10).default(5),
  windowMinutes: z.int().min(5).max(1_440).default(15),
  pauseMinutes: z.int().min(5).max(1_440).default(30),
});

export const PolicySchema = z.strictObject({
  lockout: LockoutSchema.prefault({}),
  /** Shortest password in characters, alone and beside a second factor (NIST SP 800-63B-4, 3.1.1.2: 15 and 8). */
  password: z
    .strictObject({
      alone: z.int().min(15).max(64).default(15),
      withMfa: z.int().min(8).max(64).default(12),
    })
    .prefault({}),
  /** Who must, may or need not have a second factor; a role left out may. The strictest of a person's roles counts. */
  mfa: z.partialRecord(RoleSchema, MfaRequirementSchema).default({}),
  /** Without a key or pointer for so long a console locks; not at a position in a physically secure location (CJIS 6.0, AC-11). */
  idleLockMinutes: z.int().min(1).max(120).default(30),
  offline: z
    .strictObject({
      /** How long somebody may sign in at a station without the center. */
      hours: z.int().min(1).max(168).default(72),
      /** What of their roles people have under such a sign-in; somebody who has none of these does not get in. */
      roles: z.array(RoleSchema).default([...OFFLINE_ROLES]),
    })
    .prefault({}),
});
export type Policy = z.infer<typeof PolicySchema>;

/** What holds in an organisation that has set nothing. */
export const DEFAULT_POLICY: Policy = PolicySchema.parse({});

/** What a new organisation begins with: whoever administers it has a second factor from their first sign-in on. */
export const NEW_ORGANISATION_POLICY: Policy = PolicySchema.parse({ mfa: { admin: 'required' } });

/** The roles that must have a second factor. */
export function rolesRequiringMfa(policy: Policy): readonly Role[] {
  return RoleSchema.options.filter((role) => policy.mfa[role] === 'required');
}

const STRICTNESS: readonly MfaRequirement[] = ['off', 'optional', 'required'];

/** Whether somebody of these roles must, may or need not have a second factor. */
export function mfaRequirement(policy: Policy, roles: readonly Role[]): MfaRequirement {
  const of = roles.map((role) => STRICTNESS.indexOf(policy.mfa[role] ?? 'optional'));
  return STRICTNESS[Math.max(0, ...of)] ?? 'optional';
}

/**
 * Shortest password of somebody with these roles, in characters: the one beside a second factor only where a role requires
 * one, so that the password never opens anything by itself.
 */
export function passwordMinimum(policy: Policy, roles: readonly Role[]): number {
  return mfaRequirement(policy, roles) === 'required' ? policy.password.withMfa : policy.password.alone;
}
