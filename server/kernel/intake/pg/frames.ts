/** Rows of facts and keys as PostgreSQL gives them, read back into what they were. */
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { Fact, FactHeader, Frame } from '#domain/kernel/fact.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { openBody } from '#sealing/frame.ts';
import type { Asking } from '../../db/flight.ts';
import { openEnvelope } from '../open.ts';
import { ONE_BY_ONE } from './one-by-one.ts';

export interface FrameRow {
  readonly h: string;
  readonly s: string;
  readonly k: string | null;
  readonly b: string | null;
}

export function frameOf(row: FrameRow): Frame {
  return { h: row.h, s: row.s, k: row.k, b: row.b };
}

type SiteKeyOf = (site: string, id: string) => Promise<Uint8Array | null>;

export async function envelopesOf(client: Asking, org: string, ids: readonly string[]): Promise<KeyEnvelope[]> {
  if (ids.length === 0) return [];
  const { rows } = await client.query<KeyEnvelope & { entity: EntityRef }>({
    name: 'keys.by_id',
    text: `select e.id, e.entity, e.org, e.site, e.under, e.wrapped from unnest($2::text[]) as r (id)
      cross join lateral (select * from keys.entity where org = $1 and id = r.id ${ONE_BY_ONE}) e`,
    values: [org, ids],
  });
  return rows;
}

/** Facts of rows with their bodies opened, where the keys are held. */
export async function factsOf(
  rows: readonly FrameRow[],
  envelopes: ReadonlyMap<string, KeyEnvelope>,
  siteKeyOf: SiteKeyOf,
): Promise<Fact[]> {
  const facts: Fact[] = [];
  for (const row of rows) {
    const header = JSON.parse(row.h) as FactHeader;
    const envelope = row.k === null ? undefined : envelopes.get(row.k);
    const key = envelope ? await openEnvelope(envelope, siteKeyOf) : null;
    facts.push({ ...header, content: openBody(frameOf(row), header, key) });
  }
  return facts;
}
