/** Ending a session, and whose it was. */
import { sql } from 'kysely';
import type { IdentityPorts } from '../ports.ts';
import { refreshTokenHash } from '../secrets.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';

/** Ends a session that goes on; one that was over keeps the reason that it has. `now` in ms UTC. */
export async function endSession(
  trx: IdentityTx,
  session: string,
  reason: 'signed out' | 'reused' | 'replaced',
  now: number,
): Promise<void> {
  await trx
    .updateTable('identity.session')
    .set({ ended_at: now, end_reason: reason })
    .where('id', '=', session)
    .where('ended_at', 'is', null)
    .execute();
}

/** Whose session it is was not known when the transaction began: its audit rows say so from here on. */
export async function actsIn(
  trx: IdentityTx,
  session: { readonly id: string; readonly person: string; readonly station: string | null },
): Promise<void> {
  await sql`select set_config('qd.actor', ${session.person}, true), set_config('qd.session', ${session.id}, true),
    set_config('qd.device', ${session.station ?? ''}, true)`.execute(trx);
}

/** Ends the session of a refresh token; `replaced` where another operator took the seat. An unknown token is answered alike: there is nothing left to end. */
export async function end(
  ports: IdentityPorts,
  refreshToken: string,
  reason: 'signed out' | 'replaced' = 'signed out',
): Promise<void> {
  const hash = refreshTokenHash(refreshToken);
  const org = await orgOfRefresh(ports, hash);
  if (org === null) return;
  await ports.db.inOrg<IdentityTables, void>({ org }, async (trx) => {
    const token = await trx
      .selectFrom('identity.refresh_token')
      .select('session')
      .where('hash', '=', hash)
      .executeTakeFirst();
    if (!token) return;
    await actsIn(
      trx,
      await trx
        .selectFrom('identity.session')
        .select(['id', 'person', 'station'])
        .where('id', '=', token.session)
        .executeTakeFirstOrThrow(),
    );
    await endSession(trx, token.session, reason, ports.clock());
  });
}

/** The session that a refresh token is of; null for an unknown one. */
export async function sessionOfRefresh(ports: IdentityPorts, refreshToken: string): Promise<string | null> {
  const hash = refreshTokenHash(refreshToken);
  const org = await orgOfRefresh(ports, hash);
  if (org === null) return null;
  return ports.db.inOrg<IdentityTables, string | null>({ org }, async (trx) => {
    const row = await trx
      .selectFrom('identity.refresh_token')
      .select('session')
      .where('hash', '=', hash)
      .executeTakeFirst();
    return row?.session ?? null;
  });
}

/** Whose organisation a refresh token is of, before one is known. */
export async function orgOfRefresh(ports: IdentityPorts, hash: string): Promise<string | null> {
  const { rows } = await ports.db.preOrg((client) =>
    client.query<{ org: string }>('select org from identity.org_of_refresh($1)', [hash]),
  );
  return rows[0]?.org ?? null;
}
