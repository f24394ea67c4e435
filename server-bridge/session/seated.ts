/** Who sits at a seat: what opened their work, the center or a grant, and what they are shown of themselves. */
import type { z } from 'zod';
import type { Me } from '../../domain/bridge/calls.ts';
import type { PersonSchema } from '../../domain/cad/roster.ts';
import type { Grant, SessionOut } from '../../domain/wire/sync.ts';

export interface Seated {
  readonly session: string;
  readonly user: string;
  readonly login: string;
  readonly name: string;
  readonly grant: Grant;
  /** The session at the center; null where a grant alone opened the work, or the center ended it. */
  readonly online: SessionOut | null;
  readonly locked: boolean;
  /** The center ended the session from elsewhere. */
  readonly ended: boolean;
  readonly stopRefresh: () => void;
}

/** Somebody whom the center let in; `stopRefresh` ends the renewing of their tokens. */
export function seatedOnline(out: SessionOut, stopRefresh: () => void): Seated {
  return {
    session: out.session,
    user: out.user,
    login: out.grant.login,
    name: out.name,
    grant: out.grant,
    online: out,
    locked: false,
    ended: false,
    stopRefresh,
  };
}

/** Somebody whom a grant let in, and the password that it was given with. */
export function seatedOffline(grant: Grant): Seated {
  return {
    session: grant.id,
    user: grant.user,
    login: grant.login,
    name: grant.name,
    grant,
    online: null,
    locked: false,
    ended: false,
    stopRefresh: () => undefined,
  };
}

export type Person = z.infer<typeof PersonSchema>;

/** What a station knows besides the session of whoever sits there. */
export interface KnownHere {
  /** As the center's records have them; null or undefined where no record came here. */
  readonly person: Person | null | undefined;
  readonly position: string | null;
  readonly positionName: string;
  /** The time that grants are held to, ms UTC. */
  readonly time: number;
  /** Why the organisation keeps calls and units from these roles; null where it does not. */
  readonly keptBy: (roles: Me['roles']) => string | null;
}

/**
 * The roles that count: the newest that a record or the center said, and without the center never more than the grant has.
 * Whoever is no longer active has none.
 */
function rolesOf(seated: Seated, person: KnownHere['person']): Me['roles'] {
  const has = person ? (person.active ? person.roles : []) : (seated.online?.roles ?? seated.grant.roles);
  return seated.online ? [...has] : has.filter((role) => seated.grant.roles.includes(role));
}

/** What whoever sits there is shown of themselves, and what windows go by. */
export function meOf(seated: Seated, known: KnownHere): Me {
  const roles = rolesOf(seated, known.person);
  return {
    user: seated.user,
    login: seated.login,
    name: seated.name,
    roles,
    session: seated.session,
    position: known.position,
    positionName: known.positionName,
    offline: seated.online === null,
    // Also of whom the center let in: in an outage nothing renews it, and what is written from then on is contested there.
    grantExpired: known.time >= seated.grant.expiresAt,
    ended: seated.ended,
    keptBy: known.keptBy(roles),
    locked: seated.locked,
  };
}
