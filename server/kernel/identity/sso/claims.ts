/** What a provider says of somebody, read as strictly as what rests on it. Pure. */
import { z } from 'zod';
import type { SsoRefusal, SsoSettings } from '#domain/identity/api/sso.ts';
import type { Role } from '#domain/kernel/permission.ts';

/** Somebody as the provider vouches for them. */
export interface Vouched {
  readonly issuer: string;
  /** The provider's name of them, for good. */
  readonly subject: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly secondFactor: boolean;
  /** When they last proved themselves to the provider, ms UTC; null where it does not say. */
  readonly provenAt: number | null;
}

const ClaimsSchema = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  email: z.email().max(254).optional().catch(undefined),
  email_verified: z.unknown().optional(),
  name: z.string().trim().optional().catch(undefined),
  auth_time: z.int().optional().catch(undefined),
  amr: z.array(z.string()).optional().catch(undefined),
});
type Claims = { readonly [claim: string]: unknown };

/**
 * The ID token, and what userinfo says beyond it. An address and whether it is verified are one statement: neither is taken
 * from one and the other from the other, which may speak of two addresses. When and how somebody proved themselves is the ID
 * token's word alone (OpenID Connect Core 1.0, 2).
 */
export function toldBy(token: Claims, userinfo: Claims): Claims {
  const { amr, auth_time } = token;
  return { ...userinfo, ...token, ...addressOf(token, userinfo), amr, auth_time };
}

function addressOf(token: Claims, userinfo: Claims): Claims {
  const said = token.email === undefined ? userinfo : token;
  const { email } = said;
  const same = typeof email === 'string' && String(userinfo.email).toLowerCase() === email.toLowerCase();
  return { email, email_verified: said.email_verified ?? (same ? userinfo.email_verified : undefined) };
}

const GroupsSchema = z.union([z.array(z.string()), z.string().transform((one) => [one])]).catch([]);

/** Who it is and what they may here, or why they may not come in. `email_verified` counts where it is `true` and nothing else. */
export function vouchedBy(
  claims: Claims,
  settings: SsoSettings,
): { readonly ok: true; readonly of: Vouched } | { readonly ok: false; readonly why: SsoRefusal } {
  const parsed = ClaimsSchema.safeParse(claims);
  if (!parsed.success) return { ok: false, why: 'sso.provider' };
  const { iss, sub, email, email_verified, name, amr = [], auth_time } = parsed.data;
  if (email === undefined || email_verified !== true) return { ok: false, why: 'sso.email' };
  const groups = GroupsSchema.parse(claims[settings.groupsClaim]);
  const roles = settings.groups.filter(({ group }) => groups.includes(group)).flatMap((of) => of.roles);
  if (roles.length === 0) return { ok: false, why: 'sso.groups' };
  return {
    ok: true,
    of: {
      issuer: iss,
      subject: sub,
      email: email.toLowerCase(),
      name: (name || email).slice(0, 120),
      roles: [...new Set(roles)].sort(),
      secondFactor: settings.secondFactorByProvider || amr.includes('mfa'),
      provenAt: auth_time === undefined ? null : auth_time * 1000,
    },
  };
}
