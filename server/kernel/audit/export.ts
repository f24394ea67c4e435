/**
 * The audit taken out, so that somebody can hold it without the center: NDJSON, whose lines between are exactly the texts
 * that were sealed. What a file holds is said in export-file.ts.
 */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { AuditFilter } from '#domain/identity/api/audit.ts';
import type { Signer } from '#sealing/signing.ts';
import type { Database, Scope } from '../db/database.ts';
import { mustStandBeside } from '../identity/must-stand.ts';
import { type ExportHead, type ExportSeal, endText } from './export-file.ts';
import { type Condition, conditionOf, SEAL_OF } from './search.ts';
import { FROM_SEALS, type SealRow, TEXT_OF } from './stretch.ts';

/** Seals read in one round trip. */
const SLICE = 200;

interface Exported extends SealRow {
  readonly leaves: Buffer;
  /** Where among the seal's entries what was asked for is, and its texts. */
  readonly places: number[];
  readonly texts: string[];
}

export interface ExportAsked {
  readonly org: string;
  readonly by: string;
  readonly session: string;
  readonly request: string;
  readonly reason: string | null;
  readonly at: number;
  readonly filter: AuditFilter;
}

/**
 * All that is sealed when it begins. Each slice is a transaction of its own: what is sealed does not change, and a slow
 * reader holds nothing open, and reads no further once the session that asked has ended: the text stops without its end.
 */
export async function exportAudit(db: Database, scope: Scope, signer: Signer, asked: ExportAsked): Promise<Readable> {
  const condition = conditionOf(asked.org, asked.filter);
  const { wanted, ...span } = await spanOf(db, scope, asked.filter, condition);
  const head: ExportHead = { v: 1, ...asked, ...span, whole: Object.keys(asked.filter).length === 0 };
  return Readable.from(lines(db, scope, signer, condition, head, wanted), { objectMode: false });
}

async function* lines(
  db: Database,
  scope: Scope,
  signer: Signer,
  condition: Condition,
  head: ExportHead,
  wanted: readonly number[] | null,
): AsyncGenerator<string> {
  const digest = createHash('sha256');
  let seals = 0;
  let entries = 0;
  const told = (text: string): string => {
    digest.update(text);
    return text;
  };
  yield told(`${JSON.stringify({ export: head })}\n`);
  for await (const rows of slices(db, scope, condition, head, wanted)) {
    let text = '';
    for (const row of rows) {
      if (row.places.length === 0 && !head.whole) continue;
      seals++;
      entries += row.places.length;
      text += `${JSON.stringify({ seal: sealOf(row) })}\n`;
      for (const line of row.texts) text += `${line}\n`;
    }
    if (text !== '') yield told(text);
  }
  const end = { seals, entries, digest: digest.digest('hex') };
  const sig = signer.sign(endText(head.org, head.request, end));
  yield `${JSON.stringify({ end: { ...end, key: signer.publicKey, sig } })}\n`;
}

function sealOf({
  position,
  at,
  total,
  entries,
  previous,
  hash,
  signed_by,
  signature,
  leaves,
  places,
}: Exported): ExportSeal {
  return {
    position,
    at,
    total,
    entries,
    previous: previous.toString('hex'),
    hash: hash.toString('hex'),
    key: signed_by,
    sig: signature,
    // Where every entry follows, their hashes follow from them.
    leaves: places.length === entries ? null : leaves.toString('base64'),
    places: places.length === entries ? null : places,
  };
}

/** From which seal to which, and under which of them there is something; null where all are to be looked through. */
async function spanOf(
  db: Database,
  scope: Scope,
  filter: AuditFilter,
  { where, values }: Condition,
): Promise<{ readonly from: number; readonly to: number; readonly wanted: readonly number[] | null }> {
  return db.inOrgClient(scope, async (client) => {
    const { rows } = await client.query<{ first: number | null; last: number | null }>(
      'select min(position) as first, max(position) as last from audit.seal where org = $1 and signature is not null',
      [scope.org],
    );
    const { first, last } = rows[0] ?? { first: null, last: null };
    const span = { from: first ?? 0, to: last ?? 0 };
    if (Object.keys(filter).length === 0) return { ...span, wanted: null };
    const found = await client.query<{ position: number }>(
      `select distinct position from (select ${SEAL_OF} as position from audit.entry e where ${where}) found
       where position <= $${values.length + 1} order by position`,
      [...values, span.to],
    );
    return { ...span, wanted: found.rows.map(({ position }) => position) };
  });
}

async function* slices(
  db: Database,
  scope: Scope,
  { where, values }: Condition,
  { from, to }: ExportHead,
  wanted: readonly number[] | null,
): AsyncGenerator<readonly Exported[]> {
  const at = values.length;
  const text = `
    select s.position, s.at, s.total, s.entries, s.previous, s.hash, s.signed_by, s.signature, r.*
    from ${FROM_SEALS(`org = $1 and position = any ($${at + 1})`)} s, lateral (
      select coalesce(string_agg(sha256(convert_to(e.text, 'UTF8')), ''::bytea order by e.n), ''::bytea) as leaves,
        coalesce(array_agg(e.n::int order by e.n) filter (where e.asked), '{}') as places,
        coalesce(array_agg(e.text order by e.n) filter (where e.asked), '{}') as texts
      from (
        select row_number() over (order by e.xid, e.id) - 1 as n, ${TEXT_OF} as text, (${where}) as asked
        from audit.entry e
        where e.org = $1 and (e.xid, e.id) > (s.from_xid, s.from_id) and (e.xid, e.id) <= (s.to_xid, s.to_id)
      ) e
    ) r order by s.position`;
  const next = (of: number[]): Promise<readonly Exported[]> =>
    db.inOrgClient(scope, async (client) => {
      await mustStandBeside(client, scope);
      return (await client.query<Exported>(text, [...values, of])).rows;
    });
  if (wanted) {
    for (let n = 0; n < wanted.length; n += SLICE) yield await next(wanted.slice(n, n + SLICE));
  } else {
    for (let first = from; first > 0 && first <= to; first += SLICE) {
      const count = Math.min(SLICE, to - first + 1);
      yield await next(Array.from({ length: count }, (_, n) => first + n));
    }
  }
}
