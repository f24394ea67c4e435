/** Recomputes the chain of an organisation's audit from its entries and holds it against the checkpoints outside. */
import type pg from 'pg';
import { signatureHolds } from '#sealing/signing.ts';
import type { Database, Scope } from '../db/database.ts';
import { type Against, type Agreement, type HeldOutside, holdOutside } from './outside.ts';
import { stubText } from './retention.ts';
import { sealText } from './sealer.ts';

/** Seals reckoned in one round trip, and breaks that are named. */
const SLICE = 500;
const NAMED = 50;

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

export interface Verified {
  /** Position of the last seal. */
  readonly sealed: number;
  readonly entries: number;
  /** The first position that does not hold, null where all do. */
  readonly brokenAt: number | null;
  readonly why: string | null;
  /** Each place that does not hold, 50 at most. */
  readonly breaks: readonly Break[];
  readonly checkpoints: Agreement;
}

interface Reckoned {
  readonly position: number;
  readonly at: number;
  readonly total: number;
  readonly entries: number;
  readonly previous: Buffer;
  readonly hash: Buffer;
  readonly signed_by: string | null;
  readonly signature: string | null;
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

/** Reads all seals after position `from` at one moment. Changes nothing. */
export async function verifyAudit(db: Database, scope: Scope, against: Against, from = 0): Promise<Verified> {
  const outside = await holdOutside(db, scope, against, from);
  return db.inOrgClient(scope, (client) => verifyChain(client, scope.org, against, outside, from), 'moment');
}

async function verifyChain(
  client: pg.ClientBase,
  org: string,
  against: Against,
  { rewritten, furthest, ...checkpoints }: HeldOutside,
  from: number,
): Promise<Verified> {
  const breaks: Break[] = [];
  let before = (await sealAt(client, org, from)) ?? (await stubOf(client, org, against.publicKeys, breaks));
  const start = before?.total ?? 0;
  for (let after = Math.max(from, before?.position ?? 0); ; ) {
    const { rows } = await client.query<Reckoned>({ name: 'audit.reckon', text: RECKON, values: [org, after, SLICE] });
    for (const seal of rows) {
      const why = objection(org, seal, before, against.publicKeys);
      if (why !== null) breaks.push(breakOf(seal, why));
      if (seal.position === rewritten?.position) {
        const since = rewritten.after === null ? '' : `, after position ${rewritten.after}`;
        breaks.push(breakOf(seal, `it is another than this center made: the chain was written anew${since}`));
      }
      before = seal;
    }
    const last = rows.at(-1);
    if (!last) break;
    after = last.position;
  }
  const sealed = before?.position ?? 0;
  if (furthest) {
    const why = `it is gone: this center has sealed to position ${furthest.position}`;
    breaks.push({ position: sealed + 1, why, at: furthest.at, ids: null });
  }
  breaks.sort((a, b) => a.position - b.position);
  return {
    sealed,
    entries: (before?.total ?? 0) - start,
    brokenAt: breaks[0]?.position ?? null,
    why: breaks[0]?.why ?? null,
    breaks: breaks.slice(0, NAMED),
    checkpoints,
  };
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

async function sealAt(client: pg.ClientBase, org: string, position: number): Promise<Before | null> {
  const { rows } = await client.query<Before>(
    'select position, total, hash from audit.seal where org = $1 and position = $2',
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

function breakOf({ position, at, first_id: first, last_id: last }: Reckoned, why: string): Break {
  return { position, why, at, ids: first === null || last === null ? null : [first, last] };
}
