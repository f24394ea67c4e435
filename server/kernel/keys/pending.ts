/**
 * A new key of a site, or to sign with, is first made known and only used once every workstation that has to know it says
 * that it does: consoles that the center cannot reach then still open each other's facts, and none takes the center's word
 * for somebody else's. One that stays away holds it up for three days, the time for which it may be signed in to without the
 * center; it learns the key when it is back.
 */
import type pg from 'pg';
import type { Database } from '../db/database.ts';
import { READ_LIFE_MS } from './kept.ts';

const PATIENCE_MS = 72 * 3_600_000;
/** Every node of the center knows a key of this age. ms */
export const SETTLED_MS = 2 * READ_LIFE_MS;

export interface At {
  readonly org: string;
  readonly site: string;
  readonly station: string;
}

interface Pending {
  readonly table: 'keys.site' | 'keys.signing';
  readonly id: string;
  readonly created_at: number;
}

/** Notes what a workstation holds; `moved`: a key came into use, `waits`: one may when it greets again in a moment. */
export function notedHeld(
  db: Database,
  { org, site, station }: At,
  ids: readonly string[],
  now: number,
): Promise<{ readonly waits: boolean; readonly moved: boolean }> {
  return db.inOrgClient({ org, actor: 'center', device: station }, async (client) => {
    const pending = await pendingKeys(client, org, site);
    if (pending.length === 0) return { waits: false, moved: false };
    const held = pending.filter(({ id }) => ids.includes(id)).map(({ id }) => id);
    if (held.length > 0) {
      await client.query(
        'insert into keys.known (org, key, station) select $1, unnest($2::text[]), $3 on conflict do nothing',
        [org, held, station],
      );
    }
    let moved = false;
    for (const key of pending) {
      const age = now - key.created_at;
      if (age < SETTLED_MS || (age < PATIENCE_MS && (await missing(client, org, key)).length > 0)) continue;
      await activate(client, org, key, now);
      moved = true;
    }
    const young = pending.some(({ created_at }) => now - created_at < SETTLED_MS);
    return { waits: young || held.length < pending.length, moved };
  });
}

async function pendingKeys(client: pg.ClientBase, org: string, site: string | null): Promise<readonly Pending[]> {
  const { rows } = await client.query<Pending>(
    `select 'keys.site' as table, id, created_at from keys.site
       where org = $1 and ($2::text is null or site = $2) and active_at is null and retired_at is null
     union all
     select 'keys.signing', id, created_at from keys.signing where org = $1 and active_at is null and retired_at is null`,
    [org, site],
  );
  return rows;
}

/** Workstations that do not hold a key yet, of those that have to. */
export async function missing(
  client: pg.ClientBase,
  org: string,
  { table, id }: Pick<Pending, 'table' | 'id'>,
): Promise<readonly string[]> {
  const site =
    table === 'keys.site' ? 'and d.site = (select k.site from keys.site k where k.org = $1 and k.id = $2)' : '';
  const { rows } = await client.query<{ station: string }>(
    `select d.station from kernel.device d where d.org = $1 and d.revoked_at is null ${site}
       and not exists (select from keys.known n where n.org = $1 and n.key = $2 and n.station = d.station)
     order by d.station`,
    [org, id],
  );
  return rows.map(({ station }) => station);
}

/** The key is used from now on, and the one before it opens and verifies what it made. */
export async function activate(
  client: pg.ClientBase,
  org: string,
  { table, id }: Pick<Pending, 'table' | 'id'>,
  now: number,
): Promise<void> {
  const site =
    table === 'keys.site' ? 'and site = (select k.site from keys.site k where k.org = $1 and k.id = $2)' : '';
  await client.query(
    `update ${table} set retired_at = $3 where org = $1 and id <> $2 and active_at is not null and retired_at is null ${site}`,
    [org, id, now],
  );
  await client.query(`update ${table} set active_at = $3 where org = $1 and id = $2 and active_at is null`, [
    org,
    id,
    now,
  ]);
  await client.query('delete from keys.known where org = $1 and key = $2', [org, id]);
}
