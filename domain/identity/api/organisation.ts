/** The organisation, its modules and its permissions, as the center's API says them. */
import { z } from 'zod';
import { DecisionSchema } from '../../kernel/decision.ts';
import { OrganisationStateSchema } from '../../kernel/organisation.ts';
import { RoleSchema } from '../../kernel/permission.ts';
import { RoleRestrictionSchema } from '../../kernel/restriction.ts';

const Name = z.string().min(1).max(128);
/** Said to whoever meets the consequence. */
export const ReasonSchema = z.string().trim().min(1).max(400);

export const OrganisationOutSchema = z.strictObject({
  org: Name,
  name: z.string(),
  state: OrganisationStateSchema,
  /** What the state means, in words. */
  means: z.string(),
  /** ms UTC; null where it has been so from the start. */
  since: z.int().nullable(),
  reason: z.string().nullable(),
  /** While terminated: from when its key may be destroyed. */
  destroyAfter: z.int().nullable(),
  destroyedAt: z.int().nullable(),
  /** Who cannot get in with a password alone. */
  secondFactorRequired: z.array(RoleSchema),
  /** What it has taken away from its roles. */
  restrictions: z.array(RoleRestrictionSchema),
});

/** The keys of an organisation are gone: the certificate as it was signed, by the organisation's key of before. */
export const DestroyedOutSchema = z.strictObject({
  org: Name,
  at: z.int(),
  certificate: z.string(),
  signedBy: z.string(),
  signature: z.string(),
});
export type Destroyed = z.infer<typeof DestroyedOutSchema>;

const ModuleOutSchema = z.strictObject({
  name: Name,
  title: z.string(),
  needs: z.array(z.string()),
  /** Never off: dispatching stands on it. */
  essential: z.boolean(),
  /** on, or why it is not: `with another` where a module that it needs is off. */
  position: z.enum(['on', 'off', 'killed', 'with another']),
  why: z.string().nullable(),
});
export const ModulesOutSchema = z.strictObject({ modules: z.array(ModuleOutSchema) });
export const ModuleSwitchInSchema = z.strictObject({ on: z.boolean(), reason: ReasonSchema });

export const PermissionSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  /** A fact is made at a console; the rest is asked of the center. */
  kind: z.enum(['action', 'read', 'write', 'fact']),
  may: z.array(RoleSchema),
  /** Those of them that may do it to what is their own alone. */
  own: z.array(RoleSchema),
  /** Those of them from which the organisation has taken it away, and why. */
  withheld: z.array(z.strictObject({ role: RoleSchema, reason: z.string() })),
  reach: z.enum(['organisation', 'site', 'agency', 'own']),
  stepUp: z.boolean(),
});
export const PermissionsOutSchema = z.strictObject({
  roles: z.array(z.strictObject({ role: RoleSchema, title: z.string() })),
  modules: z.array(
    z.strictObject({
      name: Name,
      title: z.string(),
      why: z.string().nullable(),
      permissions: z.array(PermissionSchema),
    }),
  ),
});
export const RestrictionInSchema = z.strictObject({ role: RoleSchema, withheld: z.boolean(), reason: ReasonSchema });
export const WhyQuerySchema = z.strictObject({
  person: Name,
  /** Of an action, or `type@v` of a fact. */
  permission: z.string().min(1).max(120),
  /** On a record of which site; left out for any. */
  site: Name.optional(),
  /** On a record whose author is this person; left out for any. */
  owner: Name.optional(),
});
export const WhyOutSchema = z.strictObject({ decision: DecisionSchema });
