/** Who may do what: roles, as data that sessions carry and the center judges facts by. */
import { z } from 'zod';

const ROLES = [
  'admin',
  'supervisor',
  'dispatcher',
  'call_taker',
  'provider',
  'biller',
  'medical_director',
  'quality_reviewer',
  'auditor',
  'integration',
] as const;
export const RoleSchema = z.enum(ROLES);
export type Role = z.infer<typeof RoleSchema>;

export const DISPATCHING: readonly Role[] = ['dispatcher', 'supervisor', 'admin', 'integration'];
export const CALL_TAKING: readonly Role[] = ['call_taker', ...DISPATCHING];
export const SUPERVISING: readonly Role[] = ['supervisor', 'admin'];
export const ADMINISTERING: readonly Role[] = ['admin'];
export const READING: readonly Role[] = ROLES;

export function allowed(roles: readonly Role[], may: readonly Role[]): boolean {
  return roles.some((role) => may.includes(role));
}
