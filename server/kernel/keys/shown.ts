/** Which keys an organisation has, as a screen shows them. */
import type pg from 'pg';
import type { KeyShown } from '#domain/identity/api/keys.ts';
import { changeDue } from '#domain/identity/cryptoperiod.ts';
import { UNNAMED } from './inner-keys.ts';
import { missing } from './pending.ts';
import { type SealedColumn, secretsHeld } from './reseal.ts';

interface Row {
  readonly level: KeyShown['level'];
  readonly id: string;
  readonly site: string | null;
  readonly created_at: number;
  readonly active_at: number | null;
  readonly retired_at: number | null;
  readonly holds: number | null;
}

const KEYS = `
  select 'site' as level, id, site, created_at, active_at, retired_at,
    case when retired_at is null then null
      else (select count(*) from keys.entity e where e.org = $1 and e.site = k.site and e.under = k.id) end as holds
    from keys.site k where org = $1
  union all
  select 'signing', id, null, created_at, active_at, retired_at, null from keys.signing where org = $1
  union all
  select purpose, id, null, created_at, created_at, retired_at,
    case when purpose = 'index' and retired_at is not null
      then (select count(*) from cad.callback_index i where i.org = $1 and i.key = k.id) end
    from keys.inner k where org = $1 and purpose <> 'operations'
  order by level, created_at`;

/** The keys of an organisation level by level, without any of their bytes. */
export async function keysOf(
  client: pg.ClientBase,
  org: string,
  master: string,
  sealed: readonly SealedColumn[],
): Promise<readonly KeyShown[]> {
  const top = await client.query<{
    id: string;
    under: string;
    created_at: number;
    rotated_at: number | null;
    under_since: number | null;
  }>('select id, under, created_at, rotated_at, under_since from keys.organisation where org = $1', [org]);
  const one = top.rows[0];
  if (!one) return [];
  const none = { site: null, waitingFor: [] };
  const shown: Omit<KeyShown, 'changeDue'>[] = [
    {
      ...none,
      level: 'master',
      id: one.under,
      state: one.under === master ? 'active' : 'retired',
      createdAt: one.under_since ?? one.created_at,
      under: null,
      holds: one.under === master ? null : 1,
    },
    {
      ...none,
      level: 'organisation',
      id: one.id,
      state: 'active',
      createdAt: one.rotated_at ?? one.created_at,
      under: one.under,
      holds: null,
    },
  ];
  const { rows } = await client.query<Row>(KEYS, [org]);
  const secrets = rows.flatMap(({ level, id }) => (level === 'secrets' ? [id] : []));
  const secret = await secretsHeld(client, org, sealed, secrets);
  for (const { level, id, site, created_at, active_at, retired_at, holds: counted } of rows) {
    const holds = level === 'secrets' && retired_at !== null ? (secret.get(id) ?? 0) : counted;
    // Kept for what an older build sealed; where it did not, there is nothing to be said of it.
    if (id === UNNAMED && holds === 0) continue;
    const state = retired_at !== null ? 'retired' : active_at === null ? 'pending' : 'active';
    const table = level === 'site' ? 'keys.site' : 'keys.signing';
    const waitingFor = state === 'pending' ? [...(await missing(client, org, { table, id }))] : [];
    shown.push({ level, id, site, state, createdAt: created_at, under: one.id, holds, waitingFor });
  }
  return shown.map((key) => ({ ...key, changeDue: changeDue(key) }));
}
