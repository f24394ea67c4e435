/** Who may do what: roles, as data that sessions carry, the doors of the center ask, and facts are judged by. */
import { z } from 'zod';

const ROLES = [
  'admin',
  'supervisor',
  'dispatcher',
  'call_taker',
  'provider',
  'biller',
  'medical_director',
  'pilot',
  'flight_nurse',
  'flight_medic',
  'hems_supervisor',
  'quality_reviewer',
  'founder',
  'investor',
  'auditor',
  'integration',
] as const;
export const RoleSchema = z.enum(ROLES);
export type Role = z.infer<typeof RoleSchema>;

export const ROLE_TITLES: { readonly [R in Role]: string } = {
  admin: 'Administrator',
  supervisor: 'Supervisor',
  dispatcher: 'Dispatcher',
  call_taker: 'Call taker',
  provider: 'Provider',
  biller: 'Biller',
  medical_director: 'Medical director',
  pilot: 'Pilot',
  flight_nurse: 'Flight nurse',
  flight_medic: 'Flight medic',
  hems_supervisor: 'HEMS supervisor',
  quality_reviewer: 'Quality reviewer',
  founder: 'Founder',
  investor: 'Investor',
  auditor: 'Auditor',
  integration: 'Integration',
};

export const DISPATCHING: readonly Role[] = ['dispatcher', 'supervisor', 'admin', 'integration'];
export const CALL_TAKING: readonly Role[] = ['call_taker', ...DISPATCHING];
export const SUPERVISING: readonly Role[] = ['supervisor', 'admin'];
export const ADMINISTERING: readonly Role[] = ['admin'];
export const AUDITING: readonly Role[] = ['auditor', 'admin'];
/** Whoever is a member of the organisation: their own security, and what the organisation is. */
export const EVERYONE: readonly Role[] = ROLES;
/** Units, posts, times: not those who only look at the business. */
export const READING_OPERATIONS: readonly Role[] = ROLES.filter((role) => role !== 'founder' && role !== 'investor');
/**
 * The incident with its caller and patient. A pilot decides on the flight without knowing the patient, so that pity does not
 * fly the aircraft (FAA AC 135-14B, flight acceptance blind to the patient's condition).
 */
export const READING_PATIENTS: readonly Role[] = READING_OPERATIONS.filter((role) => role !== 'pilot');
/** Patient charts: who treats, who reviews, who bills, who answers for them. */
export const CLINICAL: readonly Role[] = [
  'provider',
  'flight_nurse',
  'flight_medic',
  'hems_supervisor',
  'medical_director',
  'quality_reviewer',
  'biller',
  'supervisor',
  'admin',
  'auditor',
];
/** Who runs calls and writes their charts: each sees their own. */
export const CREW: readonly Role[] = ['provider', 'flight_nurse', 'flight_medic'];
/** Who answers for the charts of a crew. */
export const LEADING_CREWS: readonly Role[] = ['supervisor', 'hems_supervisor', 'medical_director'];
export const BILLING: readonly Role[] = ['biller', 'supervisor', 'admin', 'auditor'];

/** Whether one of the roles is among those that may. What an organisation has taken away is not looked at: see `rolesLeft`. */
export function allowed(roles: readonly Role[], may: readonly Role[]): boolean {
  return roles.some((role) => may.includes(role));
}
