/** Reading rows of declared entities, opening what is sealed for those who may, and noting that they did. */
import type pg from 'pg';
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { Json } from '#domain/kernel/json.ts';
import { unseal } from '#sealing/cipher.ts';
import { openEnvelope } from '../intake/open.ts';
import { envelopesOf } from '../intake/pg/frames.ts';
import { columnContext } from '../intake/pg/rows.ts';
import type { KeyRing } from '../keys/ring.ts';
import type { EntityColumns } from './columns.ts';

export interface EntityOut {
  readonly kind: string;
  readonly id: string;
  readonly site: string;
  readonly updatedAt: number;
  /** Of records. */
  readonly version?: number;
  readonly archived?: boolean;
  /** Columns in clear, by their names in the API. */
  readonly fields: { readonly [name: string]: Json };
  readonly body: Json;
  /** What was sealed, opened; only where it was asked for. Null where its key was destroyed. */
  readonly sealed?: { readonly [name: string]: Json };
}

export type Row = { readonly [column: string]: unknown } & {
  readonly id: string;
  readonly site: string;
  readonly updated_at: number;
  readonly key?: string | null;
  readonly version?: number;
  readonly archived?: boolean;
  readonly body: Json;
};

/** Rows as the API shows them. With `open`, an audit entry says of each row whose sealed fields were opened that they were. */
export async function showRows(
  client: pg.ClientBase,
  keys: KeyRing,
  org: string,
  columns: EntityColumns,
  rows: readonly Row[],
  open: boolean,
): Promise<readonly EntityOut[]> {
  const opens = open && (columns.sealed.length > 0 || columns.entity.classification === 'PHI');
  const envelopes = new Map<string, KeyEnvelope>();
  if (open && columns.sealed.length > 0) {
    const ids = [...new Set(rows.flatMap((row) => row.key ?? []))];
    for (const envelope of await envelopesOf(client, org, ids)) envelopes.set(envelope.id, envelope);
  }
  const siteKeyOf = (site: string, id: string): Promise<Uint8Array | null> => keys.siteKey(org, site, id);
  const shown: EntityOut[] = [];
  for (const row of rows) {
    const envelope = row.key ? envelopes.get(row.key) : undefined;
    const key = envelope ? await openEnvelope(envelope, siteKeyOf) : null;
    shown.push({
      kind: columns.entity.kind,
      id: row.id,
      site: row.site,
      updatedAt: row.updated_at,
      ...(row.version === undefined ? {} : { version: row.version }),
      ...(row.archived === undefined ? {} : { archived: row.archived }),
      fields: fieldsOf(columns, row),
      body: row.body,
      ...(open && columns.sealed.length > 0 ? { sealed: opened(columns, org, row, key) } : {}),
    });
  }
  if (opens && rows.length > 0) {
    await client.query('select audit.note_reads($1, $2, $3)', [
      columns.entity.table,
      rows.map((row) => row.id),
      JSON.stringify({ fields: columns.sealed }),
    ]);
  }
  return shown;
}

const SHOWN_APART: ReadonlySet<string> = new Set(['id', 'site', 'updated_at', 'version']);

function fieldsOf(columns: EntityColumns, row: Row): { [name: string]: Json } {
  const fields: { [name: string]: Json } = {};
  for (const [name, { column }] of columns.clear) {
    if (!SHOWN_APART.has(column)) fields[name] = (row[column] ?? null) as Json;
  }
  if (Array.isArray(row.commitments)) fields.commitments = row.commitments as Json;
  return fields;
}

function opened(columns: EntityColumns, org: string, row: Row, key: Uint8Array | null): { [name: string]: Json } {
  const values: { [name: string]: Json } = {};
  for (const column of columns.sealed) {
    const sealed = row[column] as Buffer | null;
    const plain = sealed && key ? unseal(key, sealed, columnContext(org, columns.entity.table, row.id, column)) : null;
    values[column] = plain ? (JSON.parse(plain.toString('utf8')) as Json) : null;
  }
  return values;
}
