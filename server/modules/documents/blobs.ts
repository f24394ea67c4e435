/**
 * Stored documents: named by their digest, sealed in chunks under the key of the entity they are about. Each chunk's place
 * is authenticated with it, so none can be changed, left out, exchanged or taken from another document unnoticed.
 */
import { hash } from 'node:crypto';
import type { QueryExecutorProvider } from 'kysely';
import { sql } from 'kysely';
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { RandomBytes } from '#domain/kernel/ids.ts';
import { seal, unseal } from '#sealing/cipher.ts';
import { openEnvelope } from '../../kernel/intake/open.ts';
import type { KeyRing } from '../../kernel/keys/ring.ts';

const CHUNK = 64 * 1024;

export interface Blob {
  readonly org: string;
  readonly site: string;
  /** The record that shows it. */
  readonly id: string;
  readonly media: string;
  /** Whose key seals it, and which of its keys. */
  readonly entity: string;
  readonly key: { readonly id: string; readonly bytes: Uint8Array };
  /** SHA-256 of what it was made from. */
  readonly source: string;
  readonly madeAt: number;
}

export interface Stored {
  readonly digest: string;
  readonly bytes: number;
  readonly madeAt: number;
}

function contextOf(org: string, id: string, digest: string, n: number, chunks: number): string {
  return `qd.document.1|${org}|${id}|${digest}|${n}|${chunks}`;
}

/** SHA-256, hex. */
function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}

/** Stores a document; the same bytes under the same record are stored once. */
export async function storeBlob(
  trx: QueryExecutorProvider,
  blob: Blob,
  bytes: Uint8Array,
  random: RandomBytes,
): Promise<Stored> {
  const digest = digestOf(bytes);
  const chunks = Math.ceil(bytes.length / CHUNK);
  const { rows } = await sql<{ made_at: number }>`
    insert into documents.blob (org, id, digest, site, media, bytes, chunks, entity, key, source, made_at)
    values (${blob.org}, ${blob.id}, ${digest}, ${blob.site}, ${blob.media}, ${bytes.length}, ${chunks}, ${blob.entity},
            ${blob.key.id}, ${blob.source}, ${blob.madeAt})
    on conflict (org, id, digest) do nothing returning made_at`.execute(trx);
  for (let n = 0; rows.length > 0 && n < chunks; n++) {
    const part = bytes.subarray(n * CHUNK, (n + 1) * CHUNK);
    const sealed = seal(blob.key.bytes, part, contextOf(blob.org, blob.id, digest, n, chunks), random);
    await sql`insert into documents.chunk (org, id, digest, n, sealed)
      values (${blob.org}, ${blob.id}, ${digest}, ${n}, ${sealed})`.execute(trx);
  }
  return { digest, bytes: bytes.length, madeAt: rows[0]?.made_at ?? blob.madeAt };
}

/** What was stored for a record from this very source, or null. */
export async function storedFrom(
  trx: QueryExecutorProvider,
  org: string,
  id: string,
  source: string,
): Promise<Stored | null> {
  const { rows } = await sql<{ digest: string; bytes: number; made_at: number }>`
    select digest, bytes, made_at from documents.blob
    where org = ${org} and id = ${id} and source = ${source} order by made_at desc limit 1`.execute(trx);
  const row = rows[0];
  return row ? { digest: row.digest, bytes: row.bytes, madeAt: row.made_at } : null;
}

export type Read =
  | { readonly state: 'read'; readonly media: string; readonly site: string; readonly bytes: Uint8Array }
  | NotRead;
/** Not there; its key was destroyed; the site's key that this is wrapped under is not here; or what is there is not what was stored. */
interface NotRead {
  readonly state: 'unknown' | 'erased' | 'unopened' | 'damaged';
}

interface BlobRow {
  readonly digest: string;
  readonly site: string;
  readonly media: string;
  readonly bytes: number;
  readonly chunks: number;
  readonly key: string;
}

/** Reads a document whole and checks it against its digest; `digest` names which one of the record's. */
export async function readBlob(
  trx: QueryExecutorProvider,
  keys: KeyRing,
  org: string,
  id: string,
  digest: string,
): Promise<Read> {
  const { rows } = await sql<BlobRow>`
    select digest, site, media, bytes, chunks, key from documents.blob
    where org = ${org} and id = ${id} and digest = ${digest}`.execute(trx);
  const blob = rows[0];
  if (!blob) return { state: 'unknown' };
  const { rows: envelopes } = await sql<KeyEnvelope>`
    select id, entity, org, site, under, wrapped from keys.entity where org = ${org} and id = ${blob.key}`.execute(trx);
  const [envelope] = envelopes;
  if (!envelope) return { state: 'erased' };
  const key = await openEnvelope(envelope, (site, under) => keys.siteKey(org, site, under));
  if (!key) return { state: 'unopened' };
  const { rows: parts } = await sql<{ n: number; sealed: Buffer }>`
    select n, sealed from documents.chunk where org = ${org} and id = ${id} and digest = ${digest} order by n`.execute(
    trx,
  );
  const plain: Buffer[] = [];
  for (const { n, sealed } of parts) {
    const part = unseal(key, sealed, contextOf(org, id, digest, n, blob.chunks));
    if (!part) return { state: 'damaged' };
    plain.push(part);
  }
  const bytes = Buffer.concat(plain);
  if (parts.length !== blob.chunks || digestOf(bytes) !== digest) return { state: 'damaged' };
  return { state: 'read', media: blob.media, site: blob.site, bytes };
}
