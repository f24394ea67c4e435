/** Sessions as their holder and the administrators see them, and ending them from elsewhere. */
import type { SessionShown } from '#domain/identity/api/sessions.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import { type Ended, lasting, revokeSessions } from './withdrawal.ts';

/** Ended sessions are shown for so long. */
const SHOWN_MS = 30 * 24 * 3_600_000;
const MOST = 200;

/** Those of a person: the ones that go on first, newest first. `asking` is the session that asks. */
export function sessionsOf(
  ports: Pick<IdentityPorts, 'db' | 'clock'>,
  org: string,
  person: string,
  asking: string,
): Promise<SessionShown[]> {
  const now = ports.clock();
  return ports.db.inOrg<IdentityTables, SessionShown[]>({ org }, async (trx) => {
    const rows = await trx
      .selectFrom('identity.session as s')
      .leftJoin('kernel.device as d', 'd.station', 's.station')
      .select(['s.id', 's.station', 'd.name as stationName', 's.position', 's.client'])
      .select(['s.started_at', 's.refreshed_at', 's.expires_at', 's.ended_at', 's.end_reason'])
      .where('s.person', '=', person)
      .where('s.refreshed_at', '>', now - SHOWN_MS)
      .orderBy('s.started_at', 'desc')
      .limit(MOST)
      .execute();
    const grants = await trx
      .selectFrom('identity.offline_grant as g')
      .innerJoin('kernel.standing as of', 'of.session', 'g.id')
      .select(['g.session', (fn) => fn.fn.max('of.valid_until').as('until')])
      .where('g.person', '=', person)
      .where('g.expires_at', '>', now)
      .where('of.valid_until', '>', now)
      .groupBy('g.session')
      .execute();
    const offline = new Map(grants.map(({ session, until }) => [session, until]));
    const shown = rows.map((row): SessionShown => {
      const over = row.ended_at ?? (row.expires_at <= now ? row.expires_at : null);
      return {
        session: row.id,
        current: row.id === asking,
        ...{ station: row.station, stationName: row.stationName, position: row.position, client: row.client },
        ...{ startedAt: row.started_at, seenAt: row.refreshed_at, expiresAt: row.expires_at },
        ...{ endedAt: over, endReason: row.end_reason },
        offlineUntil: offline.get(row.id) ?? null,
      };
    });
    return [...shown.filter((of) => of.endedAt === null), ...shown.filter((of) => of.endedAt !== null)];
  });
}

/**
 * Ends sessions of a person at once, with the grants given in them: one, or all but the one that asks. Facts made under
 * them from now on are contested. Returns how many ended.
 */
export async function endSessionsOf(
  ports: Pick<IdentityPorts, 'db' | 'clock' | 'sessionsEnded'>,
  acting: Acting,
  org: string,
  person: string,
  which: { readonly session: string } | { readonly allBut: string | null },
): Promise<Outcome<{ readonly ended: number }>> {
  const now = ports.clock();
  const ended = await ports.db.inOrg<IdentityTables, readonly Ended[] | null>({ org, ...acting }, async (trx) => {
    const ids = 'session' in which ? await held(trx, person, which.session) : await lasting(trx, person, now);
    if (ids.length === 0 && 'session' in which) return null;
    const but = 'session' in which ? null : which.allBut;
    return revokeSessions(
      trx,
      ids.filter((id) => id !== but),
      { reason: 'revoked', by: acting.actor },
      now,
    );
  });
  if (ended === null)
    return refused('session.unknown', 'This session is not known; look again in the list.', 'session');
  ports.sessionsEnded(org, ended);
  return done({ ended: ended.length });
}

async function held(trx: IdentityTx, person: string, session: string): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('identity.session')
    .select('id')
    .where('person', '=', person)
    .where('id', '=', session)
    .execute();
  return rows.map(({ id }) => id);
}
