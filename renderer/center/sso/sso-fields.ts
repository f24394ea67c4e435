/** Single sign-on as fields of a form. Pure. */
import type { z } from 'zod';
import type { SsoInSchema, SsoOutSchema } from '#domain/identity/api/sso.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { rolesSaid } from '../people/rows.ts';

export type SsoOut = z.output<typeof SsoOutSchema>;
/** A group at the provider, and what whoever is in it may do here. */
export type Group = { readonly group: string; readonly roles: readonly Role[] };

export type SsoTyped = {
  readonly on: boolean;
  readonly issuer: string;
  readonly clientId: string;
  /** With blanks between. */
  readonly scopes: string;
  readonly groupsClaim: string;
  /** `none`, `all`, or the site at which people are made. */
  readonly provision: string;
  readonly secondFactorByProvider: boolean;
  readonly maxHours: string;
  readonly groups: readonly Group[];
};

/** What stands at the center, and where nothing was set up what a form begins with. */
export function typedOf({ settings }: Pick<SsoOut, 'settings'>): SsoTyped {
  const provision = settings?.provision ?? null;
  return {
    on: settings?.on ?? false,
    issuer: settings?.issuer ?? '',
    clientId: settings?.clientId ?? '',
    scopes: (settings?.scopes ?? ['openid', 'email', 'profile', 'groups']).join(' '),
    groupsClaim: settings?.groupsClaim ?? 'groups',
    provision: provision === null ? 'none' : (provision.site ?? 'all'),
    secondFactorByProvider: settings?.secondFactorByProvider ?? false,
    maxHours: String(settings?.maxHours ?? 12),
    groups: settings?.groups ?? [],
  };
}

/**
 * What is typed, as the center takes it; what it cannot be it refuses at its field. `secret`: of the provider, empty for the one
 * that is kept. `changedAt`: of what it was typed over.
 */
export function bodyOf(
  { issuer, clientId, scopes, groupsClaim, provision, maxHours, ...rest }: SsoTyped,
  secret: string,
  changedAt: number | null,
): z.input<typeof SsoInSchema> {
  return {
    on: rest.on,
    issuer: issuer.trim(),
    clientId: clientId.trim(),
    ...(secret === '' ? {} : { clientSecret: secret }),
    scopes: scopes.split(/\s+/).filter(Boolean),
    groupsClaim: groupsClaim.trim(),
    groups: rest.groups.map(({ group, roles }) => ({ group, roles: [...roles] })),
    provision: provision === 'none' ? null : { site: provision === 'all' ? null : provision },
    secondFactorByProvider: rest.secondFactorByProvider,
    maxHours: Number(maxHours),
    changedAt,
  };
}

export const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
export const groupsSaid = (groups: readonly Group[]): string =>
  groups.map(({ group, roles }) => `${group}: ${rolesSaid(roles)}`).join('; ');
