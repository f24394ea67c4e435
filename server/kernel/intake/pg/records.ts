/** Tables of records, by the kinds that are declared. */
import type { RecordVersion } from '#domain/kernel/stream.ts';
import { MODULES } from '#domain/modules.ts';
import type { Asking } from '../../db/flight.ts';

const TABLES = new Map(
  MODULES.flatMap((module) =>
    module.entities
      .filter((entity) => entity.source === 'record')
      .map((entity) => [entity.kind, entity.table] as const),
  ),
);

export function tableOf(kind: string): string {
  const table = TABLES.get(kind);
  if (!table) throw new Error(`${kind} is not a kind of record`);
  return table
    .split('.')
    .map((name) => `"${name}"`)
    .join('.');
}

/** Puts a version; an earlier one, or one of another site, throws. A record that is archived keeps its last body. */
export async function putRecordRow(
  client: Asking,
  org: string,
  site: string,
  record: RecordVersion,
  now: number,
): Promise<void> {
  const { rowCount } = await client.query({
    name: `record.put.${record.kind}`,
    text: `insert into ${tableOf(record.kind)} as t (org, site, id, version, body, archived, updated_at)
     values ($1, $2, $3, $4, coalesce($5::jsonb, '{}'), $5::jsonb is null, $6)
     on conflict (org, id) do update set version = excluded.version, archived = excluded.archived, updated_at = excluded.updated_at,
       body = case when excluded.archived then t.body else excluded.body end
     where t.version < excluded.version and t.site = excluded.site`,
    values: [org, site, record.id, record.version, record.body === null ? null : JSON.stringify(record.body), now],
  });
  if (rowCount === 0)
    throw new Error(`${record.kind} ${record.id} is already at a later version, or belongs to another site`);
}

export async function recordRow(client: Asking, org: string, kind: string, id: string): Promise<RecordVersion | null> {
  const { rows } = await client.query<{ version: number; body: RecordVersion['body']; archived: boolean }>({
    name: `record.${kind}`,
    text: `select version, body, archived from ${tableOf(kind)} where org = $1 and id = $2`,
    values: [org, id],
  });
  const row = rows[0];
  return row ? { kind, id, version: row.version, body: row.archived ? null : row.body } : null;
}
