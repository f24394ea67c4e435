/** What grants that the center signed let stand again, where it has forgotten them. Pure. */
import type { Grant } from '#domain/wire/sync.ts';

/** A person as the database knows them now. */
export interface Known {
  readonly id: string;
  readonly active: boolean;
  /** When they last lost something of their right, ms UTC; null where they never did. */
  readonly withdrawn_at: number | null;
}

/** A session or grant that is to stand again. Times in ms UTC. */
interface Standing {
  readonly session: string;
  readonly user_id: string;
  readonly roles: Grant['roles'];
  readonly valid_from: number;
  readonly valid_until: number;
  readonly station: string;
}

/** What facts written under these grants name as their session. */
export function sessionsOf(grants: readonly Grant[]): readonly string[] {
  return [...new Set(grants.flatMap(({ id, session }) => [id, session]))];
}

/** One for each grant, and one for each session, which lasts from its first grant to the end of its last. */
export function standingsOf(grants: readonly Grant[], people: ReadonlyMap<string, Known>): readonly Standing[] {
  const rows = new Map<string, Standing>();
  for (const grant of [...grants].sort((a, b) => a.issuedAt - b.issuedAt)) {
    const { user, roles, issuedAt, station } = grant;
    const until = lastsUntil(grant, people.get(user));
    const given = { user_id: user, roles, valid_from: issuedAt, valid_until: until, station };
    rows.set(grant.id, { ...given, session: grant.id });
    const before = rows.get(grant.session);
    rows.set(grant.session, { ...given, session: grant.session, valid_from: before?.valid_from ?? issuedAt });
  }
  return [...rows.values()];
}

/**
 * To the moment at which something of its person's right was taken away; who is unknown here came after the backup. A grant of
 * later than the last time that is known shows that they were let in again: nobody inactive is given one.
 */
function lastsUntil(grant: Grant, person: Known | undefined): number {
  const taken = person?.withdrawn_at ?? null;
  if (person === undefined || taken === null || taken < grant.issuedAt) return grant.expiresAt;
  const after = !person.active || taken > grant.issuedAt;
  return after ? Math.min(grant.expiresAt, taken) : grant.expiresAt;
}
