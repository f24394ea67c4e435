/**
 * What an organisation takes away from its roles: less than the declarations give, never more. One record for each role that
 * has something taken away; it travels to stations like the roster, so that a console asks by it without the center.
 */
import { z } from 'zod';
import { ROLE_TITLES, type Role, RoleSchema } from './permission.ts';

export const RoleRestrictionSchema = z.strictObject({
  role: RoleSchema,
  withheld: z.array(
    z.strictObject({
      /** Of an action, or `type@v` of a fact. */
      permission: z.string().min(1).max(120),
      /** Said to whoever meets it. */
      reason: z.string().min(1).max(400),
      /** ms UTC. */
      since: z.int(),
    }),
  ),
});
export type RoleRestriction = z.infer<typeof RoleRestrictionSchema>;

/** Permission → role → why. */
export type Restrictions = ReadonlyMap<string, ReadonlyMap<Role, string>>;

/** By permission, the roles from which it was taken and why. */
export function restrictionsOf(records: readonly RoleRestriction[]): Restrictions {
  const restrictions = new Map<string, Map<Role, string>>();
  for (const { role, withheld } of records) {
    for (const { permission, reason } of withheld) {
      const roles = restrictions.get(permission) ?? new Map<Role, string>();
      restrictions.set(permission, roles.set(role, reason));
    }
  }
  return restrictions;
}

/** Of these roles, those that `may` names and from which the organisation has not taken the permission away. */
export function rolesLeft(
  roles: readonly Role[],
  { name, may }: { readonly name: string; readonly may: readonly Role[] },
  restrictions: Restrictions,
): readonly Role[] {
  const withheld = restrictions.get(name);
  return roles.filter((role) => may.includes(role) && !withheld?.has(role));
}

/**
 * The organisation's sentence where it has taken the permission away from each of these roles that `may` names; null where one
 * is left, and where none had it.
 */
export function withheldFrom(
  roles: readonly Role[],
  of: { readonly name: string; readonly may: readonly Role[] },
  restrictions: Restrictions,
): string | null {
  const would = roles.find((role) => of.may.includes(role));
  if (would === undefined || rolesLeft(roles, of, restrictions).length > 0) return null;
  const why = restrictions.get(of.name)?.get(would) ?? '';
  return `Your organisation has taken this away from the role ${ROLE_TITLES[would]}: ${why}`;
}
