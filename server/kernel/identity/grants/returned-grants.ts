/**
 * A center put back from a backup has forgotten the sign-ins since. The stations kept what it signed for them, and show it:
 * its own word stands again, so that what was written under it is not contested.
 */
import { sql } from 'kysely';
import { type Grant, grantText } from '#domain/wire/sync.ts';
import { signatureHolds } from '#sealing/signing.ts';
import type { Database } from '../../db/database.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import { type Known, standingsOf } from './grant-standings.ts';

interface At {
  readonly org: string;
  readonly site: string;
  readonly station: string;
}

/**
 * Lets grants stand again of which this database has no standing, where one of the center's own keys signed them for this
 * very station. What it knows is never changed: a right withdrawn stays so. Returns how many rows it wrote.
 */
export async function takeBackGrants(
  db: Database,
  publicKeys: readonly string[],
  at: At,
  grants: readonly Grant[],
): Promise<number> {
  const here = grants.filter(({ org, site, station }) => org === at.org && site === at.site && station === at.station);
  if (here.length === 0) return 0;
  return db.inOrg<IdentityTables, number>(
    { org: at.org, actor: `station:${at.station}`, device: at.station },
    async (trx) => {
      const known = await standing(
        trx,
        here.flatMap(({ id, session }) => [id, session]),
      );
      // Signatures are looked at last, and hardly ever: a center that has forgotten nothing knows all of these.
      const lost = here.filter(
        (grant) =>
          !(known.has(grant.id) && known.has(grant.session)) &&
          publicKeys.some((key) => signatureHolds(key, grantText(grant), grant.sig)),
      );
      if (lost.length === 0) return 0;
      // A withdrawal of one of them either is seen here, or waits and sees what is written here.
      const people = await trx
        .selectFrom('identity.person')
        .select(['id', 'active', 'withdrawn_at'])
        .where('id', 'in', [...new Set(lost.map(({ user }) => user))])
        .forShare()
        .execute();
      const byId = new Map(people.map((person) => [person.id, person]));
      await takeBackSessions(trx, lost, byId);
      const rows = await trx
        .insertInto('kernel.standing')
        .values(standingsOf(lost, byId).map((row) => ({ org: at.org, ...row })))
        .onConflict((on) => on.columns(['org', 'session']).doNothing())
        .returning('session')
        .execute();
      const after = { act: 'forgotten grants taken back', grants: lost.map(({ id }) => id), written: rows.length };
      await sql`select audit.note_act('act', 'kernel.standing', ${at.station}, ${JSON.stringify(after)}::jsonb)`.execute(
        trx,
      );
      return rows.length;
    },
  );
}

async function standing(trx: IdentityTx, sessions: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await trx.selectFrom('kernel.standing').select('session').where('session', 'in', sessions).execute();
  return new Set(rows.map((row) => row.session));
}

/** By these a later withdrawal finds the standings. The sessions have ended: their refresh tokens are lost. */
async function takeBackSessions(
  trx: IdentityTx,
  grants: readonly Grant[],
  people: ReadonlyMap<string, Known>,
): Promise<void> {
  const whose = grants.filter(({ user }) => people.has(user));
  if (whose.length === 0) return;
  const sessions = new Map([...whose].sort((a, b) => b.issuedAt - a.issuedAt).map((grant) => [grant.session, grant]));
  await trx
    .insertInto('identity.session')
    .values(
      [...sessions.values()].map(({ org, session, user, site, station, roles, issuedAt, expiresAt }) => ({
        ...{ org, id: session, person: user, site, station, position: null, roles },
        ...{
          started_at: issuedAt,
          refreshed_at: issuedAt,
          expires_at: expiresAt,
          ended_at: issuedAt,
          end_reason: null,
        },
      })),
    )
    .onConflict((on) => on.columns(['org', 'id']).doNothing())
    .execute();
  await trx
    .insertInto('identity.offline_grant')
    .values(
      whose.map(({ org, id, session, user, station, issuedAt, expiresAt }) => ({
        ...{ org, id, session, person: user, station, issued_at: issuedAt, expires_at: expiresAt },
      })),
    )
    .onConflict((on) => on.columns(['org', 'id']).doNothing())
    .execute();
}
