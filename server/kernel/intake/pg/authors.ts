/** Workstations and sessions as rows: who signs and who may. */
import type { Role } from '#domain/kernel/permission.ts';
import type { Asking } from '../../db/flight.ts';
import type { Authors, Device, Standing } from '../port.ts';

interface AuthorRow {
  readonly name: string;
  readonly site: string | null;
  readonly key: string | null;
  readonly revoked_at: number | null;
  readonly user_id: string | null;
  readonly roles: Role[] | null;
  readonly valid_from: number | null;
  readonly valid_until: number | null;
}

/** One statement for both: a step of a single fact asks this too. */
export async function authorsOf(
  client: Asking,
  org: string,
  stations: readonly string[],
  sessions: readonly string[],
): Promise<Authors> {
  const devices = new Map<string, Device>();
  const standings = new Map<string, Standing>();
  if (stations.length === 0 && sessions.length === 0) return { devices, standings };
  const { rows } = await client.query<AuthorRow>({
    name: 'authors.get',
    text: `select station as name, site, key, revoked_at, null::text as user_id, null::text[] as roles, null::bigint as valid_from, null::bigint as valid_until
        from kernel.device where org = $1 and station = any ($2)
      union all
      select session, null, null, null, user_id, roles, valid_from, valid_until
        from kernel.standing where org = $1 and session = any ($3)`,
    values: [org, stations, sessions],
  });
  for (const { name, site, key, revoked_at, user_id, roles, valid_from, valid_until } of rows) {
    if (key !== null && site !== null) {
      devices.set(name, { org, site, station: name, key, revoked: revoked_at !== null, revokedAt: revoked_at });
    } else if (user_id !== null) {
      standings.set(name, { user: user_id, roles: roles ?? [], validFrom: valid_from ?? 0, validUntil: valid_until });
    }
  }
  return { devices, standings };
}
