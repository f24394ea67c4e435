import { listed } from '#domain/cad/sentences/words.ts';
import { allowed, READING_PATIENTS, ROLE_TITLES, type Role } from '#domain/kernel/permission.ts';
import { useMe } from './connection/use-station.ts';

/** Why a console shows these roles no call and no unit, and where their work is; null where it does show them. */
export function keptFrom(roles: readonly Role[]): string | null {
  if (allowed(roles, READING_PATIENTS)) return null;
  const names = listed(roles.map((role) => ROLE_TITLES[role].toLowerCase())) || 'a sign-in without roles';
  return `Not shown to ${names}: the board is about patients. What you may see is on the center’s own page.`;
}

export function useKeptFrom(): string | null {
  const me = useMe();
  return me === null ? null : keptFrom(me.roles);
}
