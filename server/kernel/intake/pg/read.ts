/** Reading streams, logs and snapshots. Each read sees one moment: what one statement returns is whole up to its last number. */
import { CLOSING_KINDS } from '#domain/cad/closing.ts';
import { KEPT_OF_ARCHIVED } from '#domain/cad/roster.ts';
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { Folded } from '#domain/kernel/fold.ts';
import { hlcFormat } from '#domain/kernel/hlc.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { CENTER_STATION, ENTITY_ERASED } from '#domain/kernel/kernel.ts';
import type { RecordVersion, StreamItem } from '#domain/kernel/stream.ts';
import { unseal } from '#sealing/cipher.ts';
import type { Asking } from '../../db/flight.ts';
import type { SnapshotRead, StreamRead } from '../port.ts';
import { envelopesOf, type FrameRow, frameOf } from './frames.ts';
import { ONE_BY_ONE } from './one-by-one.ts';
import { positionsOfSite } from './positions.ts';
import { foldedContext } from './rows.ts';
import { foldedKey, type KeyTools } from './step-keys.ts';

interface ItemRow {
  readonly n: number;
  readonly kind: 'own' | 'fact' | 'record' | 'marker';
  readonly item: RecordVersion | { readonly log: string; readonly seq: number; readonly reason: string } | null;
  readonly h: string | null;
  readonly s: string | null;
  readonly k: string | null;
  readonly b: string | null;
}

function itemOf(row: ItemRow): StreamItem {
  if (row.kind === 'record') return { n: row.n, record: row.item as RecordVersion };
  if (row.kind === 'marker') return { n: row.n, marker: row.item as { log: string; seq: number; reason: string } };
  return { n: row.n, frame: frameOf(row as FrameRow) };
}

async function withKeys(client: Asking, org: string, rows: readonly ItemRow[]): Promise<StreamRead> {
  const ids = [...new Set(rows.flatMap((row) => (row.k === null ? [] : [row.k])))];
  return { items: rows.map(itemOf), keys: await envelopesOf(client, org, ids) };
}

/** Items of a site's stream after a number, `limit` of them at most, with the keys that their bodies are under. */
export async function readStream(
  client: Asking,
  org: string,
  site: string,
  after: number,
  limit: number,
): Promise<StreamRead> {
  const { rows } = await client.query<ItemRow>({
    name: 'stream.read',
    text: `select * from (
        (select f.n, 'own' as kind, null::jsonb as item, f.h, f.s, f.k, f.b from kernel.fact f
          where f.org = $1 and f.site = $2 and f.n > $3 order by f.n limit $4)
        union all
        (select i.n, i.kind, case when i.kind = 'fact' then null else i.item end, f.h, f.s, f.k, f.b
          from kernel.stream_item i
          left join kernel.fact f on i.kind = 'fact' and f.org = i.org and f.site = i.item ->> 'site' and f.n = (i.item ->> 'n')::bigint
          where i.org = $1 and i.site = $2 and i.n > $3 order by i.n limit $4)
      ) x order by n limit $4`,
    values: [org, site, after, limit],
  });
  return withKeys(client, org, rows);
}

/** Every fact about an entity that a site sees, in the order of its stream. */
export async function readEntity(client: Asking, org: string, site: string, ref: EntityRef): Promise<StreamRead> {
  const { rows } = await client.query<ItemRow>({
    name: 'stream.entity',
    text: `select f.n, 'own' as kind, null::jsonb as item, f.h, f.s, f.k, f.b
        from kernel.fact_about a join kernel.fact f using (org, site, n) where a.org = $1 and a.ref = $3 and a.site = $2
      union all
      select i.n, i.kind, null, f.h, f.s, f.k, f.b
        from kernel.fact_about a join kernel.fact f using (org, site, n)
        join kernel.stream_item i on i.org = $1 and i.site = $2 and i.kind = 'fact' and i.name = f.site || '/' || f.n
        where a.org = $1 and a.ref = $3 and a.site <> $2
      order by n`,
    values: [org, site, ref],
  });
  return withKeys(client, org, rows);
}

/**
 * The center's words of what it erased, by its own logs for a site: whoever begins there has to know, for others may still speak of
 * it, and is given nothing else of it.
 */
const WORDS = `
  select f.site, f.n from kernel.log_head l join kernel.fact f on f.org = l.org and f.log = l.log
  where l.org = $1 and l.site = $2 and l.station = '${CENTER_STATION}' and f.type = '${ENTITY_ERASED}'`;

export async function readSnapshot(
  client: Asking,
  org: string,
  site: string,
  since: number,
  keys: KeyTools['keys'],
): Promise<SnapshotRead> {
  const head = await client.query<{ head: number }>('select head from kernel.stream where org = $1 and site = $2', [
    org,
    site,
  ]);
  const { rows } = await client.query<ItemRow>({
    text: `with words as (${WORDS}),
      fresh as (
        select e.ref, e.kind = any ($5) or not s.holds as is_whole from kernel.entity e join kernel.entity_site s using (org, ref)
        where e.org = $1 and s.site = $2 and (e.open or e.touched_at >= $3)),
      -- The newest that had come before, found from the end on: nobody looks through years of facts.
      before as (
        select s.site, coalesce(f.n, 0) as n from kernel.stream s left join lateral (
          select n from kernel.fact where org = $1 and site = s.site and received_at < $3 order by n desc limit 1) f on true
        where s.org = $1),
      numbers as (
        select a.site, a.n from fresh
          cross join lateral (
            select site, n from kernel.fact_about where org = $1 and ref = fresh.ref ${ONE_BY_ONE}) a
          where is_whole
        union
        select a.site, a.n from fresh cross join before
          cross join lateral (
            select site, n from kernel.fact_about
            where org = $1 and ref = fresh.ref and site = before.site and n > before.n ${ONE_BY_ONE}) a
          cross join lateral (
            select hlc from kernel.fact where org = $1 and site = a.site and n = a.n ${ONE_BY_ONE}) f
          where not is_whole and left(f.hlc, 12) >= $6
        union select site, n from words),
      newest as (
        select max(n) as n from kernel.stream_item where org = $1 and site = $2 and kind = 'record' group by name
        union
        select max(n) from kernel.stream_item where org = $1 and site = $2 and kind = 'record'
          and item ->> 'kind' = any ($4) and item -> 'body' <> 'null' group by name)
      select f.n, 'own' as kind, null::jsonb as item, f.h, f.s, f.k, f.b from numbers
        cross join lateral (
          select * from kernel.fact where org = $1 and site = $2 and n = numbers.n ${ONE_BY_ONE}) f
        where numbers.site = $2
      union all
      select i.n, i.kind, i.item, null, null, null, null from newest
        cross join lateral (
          select * from kernel.stream_item where org = $1 and site = $2 and n = newest.n ${ONE_BY_ONE}) i
      union all
      select i.n, i.kind, null, f.h, f.s, f.k, f.b from numbers
        cross join lateral (
          select * from kernel.stream_item
          where org = $1 and site = $2 and kind = 'fact' and name = numbers.site || '/' || numbers.n ${ONE_BY_ONE}) i
        cross join lateral (
          select * from kernel.fact where org = $1 and site = numbers.site and n = numbers.n ${ONE_BY_ONE}) f
        where numbers.site <> $2
      order by n`,
    values: [
      org,
      site,
      since,
      KEPT_OF_ARCHIVED,
      CLOSING_KINDS,
      hlcFormat({ ms: Math.max(0, since), count: 0 }, '').slice(0, 12),
    ],
  });
  const read = await withKeys(client, org, rows);
  return {
    ...read,
    head: head.rows[0]?.head ?? 0,
    folded: await olderStates(client, org, site, since, keys),
    heads: await positionsOfSite(client, org, site),
  };
}

async function olderStates(
  client: Asking,
  org: string,
  site: string,
  since: number,
  keys: KeyTools['keys'],
): Promise<readonly Folded[]> {
  const { rows } = await client.query<{ ref: EntityRef; key: string; folded: Buffer }>({
    text: `select e.ref, e.key, e.folded from kernel.entity e join kernel.entity_site s using (org, ref)
      where e.org = $1 and s.site = $2 and s.holds and not e.open and (e.touched_at < $3 or e.kind <> all ($4))
        and e.ref not in (
          select a.ref from kernel.fact_about a where a.org = $1 and (a.site, a.n) in (${WORDS}))
      order by e.touched_at`,
    values: [org, site, since, CLOSING_KINDS],
  });
  const envelopes = new Map<string, KeyEnvelope>();
  for (const envelope of await envelopesOf(client, org, [...new Set(rows.map((row) => row.key))]))
    envelopes.set(envelope.id, envelope);
  const states: Folded[] = [];
  for (const row of rows) {
    const key = await foldedKey(keys, org, row.key, envelopes);
    const plain = key && unseal(key, row.folded, foldedContext(org, row.ref));
    if (plain) states.push(JSON.parse(plain.toString('utf8')) as Folded);
  }
  return states;
}
