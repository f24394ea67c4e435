/** People as their administrators see them. */
import { sql } from 'kysely';
import type { PersonOut } from '#domain/identity/api/people.ts';
import { accountOf } from '../passwords/attempts.ts';
import type { IdentityPorts } from '../ports.ts';
import type { IdentityTables } from '../tables.ts';

/** Of one site, with those who work for all; of every site where none is named. By name. */
export function peopleOf(ports: IdentityPorts, org: string, site: string | null): Promise<readonly PersonOut[]> {
  const now = ports.clock();
  return ports.db.inOrg<IdentityTables, PersonOut[]>({ org }, async (trx) => {
    const rows = await trx
      .selectFrom('identity.person as p')
      .select(['p.id', 'p.login', 'p.name', 'p.roles', 'p.site', 'p.agency', 'p.email', 'p.active', 'p.version'])
      .select(['p.created_at', 'p.password_changed_at'])
      .select(
        sql<number>`(select count(*) from identity.session s where s.person = p.id and s.ended_at is null and s.expires_at > ${now})`.as(
          'sessions',
        ),
      )
      .select(sql<number | null>`(select max(s.refreshed_at) from identity.session s where s.person = p.id)`.as('seen'))
      .where((where) =>
        site === null ? where.lit(true) : where.or([where('p.site', 'is', null), where('p.site', '=', site)]),
      )
      .orderBy('p.name')
      .execute();
    const paused = new Map(
      (
        await trx
          .selectFrom('identity.sign_in_failures')
          .select(['account', 'paused_until'])
          .where('paused_until', '>', now)
          .execute()
      ).map((row) => [row.account, row.paused_until ?? 0]),
    );
    return rows.map((row) => ({
      person: row.id,
      ...{ login: row.login, name: row.name, roles: row.roles, site: row.site, agency: row.agency, email: row.email },
      ...{
        active: row.active,
        version: row.version,
        createdAt: row.created_at,
        passwordChangedAt: row.password_changed_at,
      },
      lastSeenAt: row.seen,
      sessions: row.sessions,
      pausedUntil:
        Math.max(paused.get(accountOf('station', row.login)) ?? 0, paused.get(accountOf('api', row.login)) ?? 0) ||
        null,
    }));
  });
}
