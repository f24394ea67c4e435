/** A stretch of the chain of an organisation's audit, recomputed from its entries. */
import type pg from 'pg';
import { signatureHolds } from '#sealing/signing.ts';
import { stubText } from './retention.ts';
import { sealText } from './sealer.ts';

/** Seals reckoned in one round trip. */
const SLICE = 500;
/** A stretch is no longer than this to read, ms: whoever asks waits for it, and the database keeps old rows as long. */
const STRETCH_MS = 15_000;

/** A place where the audit does not hold. */
export interface Break {
  /** Of the seal that does not hold. */
  readonly position: number;
  readonly why: string;
  /** When it was sealed, ms UTC; null where that is not known. */
  readonly at: number | null;
  /** First and last id of the entries that are there under it; null where there are none. */
  readonly ids: readonly [first: number, last: number] | null;
}

/** Where a stretch ended that was verified. */
export interface Seam {
  readonly position: number;
  /** Of the chain there, hex. */
  readonly hash: string;
}

export interface Stretch {
  /** What is sealed up to this position is taken as it is, also by the checkpoints. */
  readonly from: number;
  /** The end of the stretch before; null for the first. */
  readonly after: Seam | null;
  /** Seals at most. */
  readonly limit: number;
}
export interface ReadStretch {
  /** Position of the last seal that was read, and of the last there is. */
  readonly sealed: number;
  readonly of: number;
  readonly entries: number;
  readonly breaks: readonly Break[];
  /** Null at the end of the chain. */
  readonly next: Seam | null;
}

/** A seal as it was written down. */
export interface SealRow {
  readonly position: number;
  readonly at: number;
  readonly total: number;
  readonly entries: number;
  readonly previous: Buffer;
  readonly hash: Buffer;
  readonly signed_by: string | null;
  readonly signature: string | null;
}

interface Reckoned extends SealRow {
  readonly reckoned: Buffer;
  readonly there: number;
  readonly first_id: number | null;
  readonly last_id: number | null;
}

/** An entry as it is hashed: whole, or as it was written down before it had these columns. */
export const TEXT_OF = `(case when s.format = 1 then to_jsonb(e) - 'device' - 'reason' else to_jsonb(e) end)::text`;

/** Seals (of a condition on audit.seal) with the place after which their entries begin. */
export const FROM_SEALS = (where: string, most = ''): string => `(
    select s.*, coalesce(p.to_xid, '0'::xid8) as from_xid, coalesce(p.to_id, 0) as from_id
    from (select * from audit.seal where ${where} order by position ${most}) s
    left join lateral (
      select b.to_xid, b.to_id from audit.seal b where b.org = s.org and b.position < s.position order by b.position desc limit 1
    ) p on true
  )`;

/**
 * Seals after a position with the hash that the entries there are now ought to have, as audit.seal_next makes it. Both ends
 * are known, so that each seal reads its own entries and none before them.
 */
const RECKON = `
  select s.position, s.at, s.total, s.entries, s.previous, s.hash, s.signed_by, s.signature, r.*
  from ${FROM_SEALS('org = $1 and position > $2', 'limit $3')} s, lateral (
    select sha256(s.previous || coalesce(string_agg(sha256(convert_to(${TEXT_OF}, 'UTF8')), ''::bytea order by e.xid, e.id), ''::bytea)) as reckoned,
      count(*) as there, min(e.id) as first_id, max(e.id) as last_id
    from audit.entry e
    where e.org = $1 and (e.xid, e.id) > (s.from_xid, s.from_id) and (e.xid, e.id) <= (s.to_xid, s.to_id)
  ) r
  order by s.position`;

/** Reads seals, and their entries, as they are at this one moment. */
export async function readStretch(
  client: pg.ClientBase,
  org: string,
  publicKeys: readonly string[],
  { from, after, limit }: Stretch,
): Promise<ReadStretch> {
  const until = performance.now() + STRETCH_MS;
  const breaks: Break[] = [];
  const come = after?.position ?? from;
  let before = (await sealUpTo(client, org, come)) ?? (await stubOf(client, org, publicKeys, breaks));
  if (after && before?.position === after.position && before.hash.toString('hex') !== after.hash) {
    const why = 'it is another than it was when this verification came to it: the chain was written anew meanwhile';
    breaks.push({ position: after.position, why, at: null, ids: null });
  }
  const start = before?.total ?? 0;
  for (let left = limit; ; ) {
    const most = Math.min(SLICE, left);
    const rows = await reckon(client, org, before?.position ?? 0, most);
    for (const seal of rows) {
      const why = objection(org, seal, before, publicKeys);
      if (why !== null) breaks.push(breakOf(seal, why));
      before = seal;
    }
    left -= rows.length;
    const sealed = before?.position ?? 0;
    const isEnd = rows.length < most;
    if (!isEnd && left > 0 && performance.now() < until) continue;
    const entries = (before?.total ?? 0) - start;
    if (isEnd || !before) return { sealed, of: sealed, entries, breaks, next: null };
    const next = { position: sealed, hash: before.hash.toString('hex') };
    return { sealed, of: await lastSeal(client, org), entries, breaks, next };
  }
}

export async function reckon(
  client: pg.ClientBase,
  org: string,
  after: number,
  most: number,
): Promise<readonly Reckoned[]> {
  const { rows } = await client.query<Reckoned>({ name: 'audit.reckon', text: RECKON, values: [org, after, most] });
  return rows;
}

async function lastSeal(client: pg.ClientBase, org: string): Promise<number> {
  const { rows } = await client.query<{ last: number }>('select max(position) as last from audit.seal where org = $1', [
    org,
  ]);
  return rows[0]?.last ?? 0;
}

interface Before {
  readonly position: number;
  readonly total: number;
  readonly hash: Buffer;
}

/** Where the chain stood when what is not kept any more was removed; a stub that the center did not sign is a break. */
async function stubOf(
  client: pg.ClientBase,
  org: string,
  publicKeys: readonly string[],
  breaks: Break[],
): Promise<Before | null> {
  const { rows } = await client.query<Before & { at: number; signed_by: string; signature: string }>(
    'select position, total, hash, at, signed_by, signature from audit.stub where org = $1 order by position desc limit 1',
    [org],
  );
  const stub = rows[0];
  if (!stub) return null;
  const text = stubText(org, stub.position, stub.total, stub.hash.toString('hex'));
  if (!publicKeys.includes(stub.signed_by) || !signatureHolds(stub.signed_by, text, stub.signature)) {
    const why = 'what was before was removed, and the center did not sign that';
    breaks.push({ position: stub.position, why, at: stub.at, ids: null });
  }
  return stub;
}

/** The seal at a position, or the last before it that is there. */
async function sealUpTo(client: pg.ClientBase, org: string, position: number): Promise<Before | null> {
  const { rows } = await client.query<Before>(
    'select position, total, hash from audit.seal where org = $1 and position <= $2 order by position desc limit 1',
    [org, position],
  );
  return rows[0] ?? null;
}

/** Why a seal does not hold, or null. */
function objection(org: string, seal: Reckoned, before: Before | null, publicKeys: readonly string[]): string | null {
  const { position, total, entries, previous, hash, signed_by: key, signature } = seal;
  const expected = (before?.position ?? 0) + 1;
  if (position !== expected) {
    return `it does not follow the seal before it: ${named(expected, position - 1)} gone`;
  }
  if (!previous.equals(before?.hash ?? Buffer.alloc(0)) || total !== (before?.total ?? 0) + entries) {
    return 'it does not follow the seal before it';
  }
  if (!seal.reckoned.equals(hash) || seal.there !== entries) {
    const count = seal.there === entries ? '' : `, ${entries} of which ${seal.there} are there`;
    return `its entries are not those that were sealed${count}`;
  }
  const text = sealText(org, position, total, hash.toString('hex'));
  if (key === null || signature === null || !publicKeys.includes(key) || !signatureHolds(key, text, signature)) {
    return 'its signature is not the center’s';
  }
  return null;
}

function named(first: number, last: number): string {
  return first === last ? `position ${first} is` : `positions ${first} to ${last} are`;
}

export function breakOf({ position, at, first_id: first, last_id: last }: Reckoned, why: string): Break {
  return { position, why, at, ids: first === null || last === null ? null : [first, last] };
}
