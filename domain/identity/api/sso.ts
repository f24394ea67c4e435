/** Single sign-on of an organisation over OpenID Connect, as the center's API says it. */
import { z } from 'zod';
import { RoleSchema } from '../../kernel/permission.ts';

const Id = z.string().min(1).max(128);

const GroupSchema = z.strictObject({
  /** As the provider writes it in the claim. */
  group: z.string().min(1).max(256),
  roles: z.array(RoleSchema).min(1).max(16),
});

export const SsoSettingsSchema = z.strictObject({
  /** Off, nobody comes in by it; what is set stays. */
  on: z.boolean(),
  /** The issuer's identifier; `/.well-known/openid-configuration` below it is read. */
  issuer: z.url({ protocol: /^https?$/ }).max(512),
  clientId: z.string().min(1).max(256),
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,64}$/)).max(16),
  /** The claim of the ID token that names the person's groups. */
  groupsClaim: z.string().min(1).max(64),
  groups: z.array(GroupSchema).max(200),
  /** Makes a person of whoever the provider sends with a group that maps; null takes in only who is known here. */
  provision: z.strictObject({ site: Id.nullable() }).nullable(),
  /** The provider asks for a second factor itself, whether it says so in `amr` or not. */
  secondFactorByProvider: z.boolean(),
  /** Hours since somebody last proved themselves to the provider after which their session here ends, and the provider asks. */
  maxHours: z.int().min(1).max(336).default(12),
});
export type SsoSettings = z.infer<typeof SsoSettingsSchema>;

export const SsoInSchema = SsoSettingsSchema.extend({
  scopes: SsoSettingsSchema.shape.scopes.default(['openid', 'email', 'profile', 'groups']),
  groupsClaim: SsoSettingsSchema.shape.groupsClaim.default('groups'),
  provision: SsoSettingsSchema.shape.provision.default(null),
  secondFactorByProvider: SsoSettingsSchema.shape.secondFactorByProvider.default(false),
  /** Left out: the one that is kept stays. It is never shown again. */
  clientSecret: z.string().min(1).max(512).optional(),
  /** As it was when this was made from it; null where nothing was set up. Somebody else's change since then refuses with `sso.changed`. */
  changedAt: z.int().nullable(),
});

export const SsoOutSchema = z.strictObject({
  settings: SsoSettingsSchema.nullable(),
  /** Of two changes never the same. */
  changedAt: z.int().nullable(),
  /** To be registered at the provider. */
  redirectUri: z.string(),
  /** Where a person's sign-in begins. */
  beginUrl: z.string(),
});

/**
 * Why a sign-in by single sign-on led nowhere. The browser comes back to the center's page with `#refused=CODE`, and the page
 * says the sentence.
 */
export const SSO_REFUSALS = {
  'sso.off': 'Single sign-on is not set up for this organisation; sign in another way.',
  'sso.stale': 'This sign-in took too long, was begun in another browser, or was finished before; begin again.',
  'sso.provider':
    'The provider did not vouch for you in a way that can be relied on; begin again, or sign in another way.',
  'sso.email': 'The provider has not verified an e-mail address of yours; have it verified there, then begin again.',
  'sso.groups': 'None of your groups at the provider has a role here; ask an administrator.',
  'sso.unknown': 'Nobody here has your e-mail address; ask an administrator for an invitation.',
  'sso.other': 'Your e-mail address belongs here to somebody whom the provider knows otherwise; ask an administrator.',
  'sso.confirm':
    'Somebody here has your e-mail address, and a way in of their own. Is it you, sign in with that, and press “Link my provider” under My security; else ask an administrator.',
  'sso.prove': 'Sign in here anew, then press “Link my provider” under My security within ten minutes.',
  'sso.last_admin': 'The provider gives you no role that administers, and nobody else here does; ask who set this up.',
} as const;
export type SsoRefusal = keyof typeof SSO_REFUSALS;
