import type { Me } from '#domain/bridge/calls.ts';
import { listed } from '#domain/cad/sentences/words.ts';
import { allowed, READING_PATIENTS, ROLE_TITLES } from '#domain/kernel/permission.ts';
import { useMe } from './connection/use-station.ts';

type Seated = Pick<Me, 'roles' | 'ended' | 'keptBy'>;

/** Why a console shows this person no call and no unit, and where their work is; null where it does show them. */
export function keptFrom({ roles, ended, keptBy }: Seated): string | null {
  if (keptBy !== null) return `Not shown: what the board is about is kept from you. ${keptBy}`;
  if (allowed(roles, READING_PATIENTS)) return null;
  if (ended)
    return 'Calls and units are there and go on; this sign-in may not see them any more. Lock and sign in again.';
  const names = listed(roles.map((role) => ROLE_TITLES[role].toLowerCase())) || 'a sign-in without roles';
  return `Not shown to ${names}: the board is about patients. What you may see is on the center’s own page.`;
}

export function useKeptFrom(): string | null {
  const me = useMe();
  return me === null ? null : keptFrom(me);
}

/** What the header says of a session that the center has ended; null while it has not. */
export function endedSaid(me: Seated): string | null {
  if (!me.ended) return null;
  return keptFrom(me) === null
    ? 'The center ended this session — work goes on and is marked contested until you sign in again'
    : 'The center ended this session and its right to see the board — lock and sign in again';
}
