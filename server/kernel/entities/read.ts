/** Rows of declared entities: what is selected of them, and how they are shown, with what is sealed in them opened. */
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import type { Json } from '#domain/kernel/json.ts';
import { unseal } from '#sealing/cipher.ts';
import { columnContext } from '../intake/pg/rows.ts';
import { openedKey } from '../keys/opened-key.ts';
import type { KeyRing } from '../keys/ring.ts';
import type { EntityColumns } from './columns.ts';

export type Row = { readonly [column: string]: unknown } & {
  readonly id: string;
  readonly site: string;
  readonly updated_at: number;
  readonly version?: number;
  readonly archived?: boolean;
  /** JSON text. */
  readonly body: string;
  /** Of the key that seals the row; null where it was destroyed. */
  readonly envelope?: KeyEnvelope | null;
};

/** The columns that show a row; with `open`, what is sealed in it and the envelope that opens that, too. */
export function shownColumns({ clear, sealed, entity, lists }: EntityColumns, open: boolean): readonly string[] {
  const names = [...[...clear.values()].map(({ column }) => column), ...lists, 'body'];
  if (entity.source === 'record') names.push('archived');
  return open && sealed.length > 0 ? [...names, ...sealed, 'envelope'] : names;
}

/** The same as SQL over a row `t`. */
export function selectionOf(columns: EntityColumns, open: boolean): string {
  return shownColumns(columns, open)
    .map((name) => (name === 'envelope' ? ENVELOPE : name === 'body' ? 't.body::text as body' : `t.${name}`))
    .join(', ');
}

const ENVELOPE = '(select to_json(e) from keys.entity e where e.org = t.org and e.id = t.key) as envelope';

/** Whether it is noted who reads rows of the kind: where what is sealed in them is opened, and always where nothing is. */
export function readsAreNoted({ sealed, entity }: EntityColumns): boolean {
  return sealed.length > 0 || entity.classification === 'PHI';
}

/** What an audit entry says of such a reading; `by`: what the rows were searched for by. */
export function notedOf({ sealed }: EntityColumns, by?: string): string {
  return JSON.stringify({ fields: sealed, by });
}

/**
 * A row as the API shows it, as JSON text: its body and what was sealed in it are JSON already, and go on as they are.
 * `sealed`, what was opened, is there only where it was asked for, and null for what cannot be opened: its key was destroyed.
 */
export async function showRow(
  keys: KeyRing,
  org: string,
  columns: EntityColumns,
  row: Row,
  open: boolean,
): Promise<string> {
  const { envelope, version, archived } = row;
  const { kind } = columns.entity;
  const opens = open && columns.sealed.length > 0;
  const under = opens && envelope ? await keys.siteKey(org, envelope.site, envelope.under) : null;
  const key = under && envelope ? openedKey(under, envelope) : null;
  const { id, site, updated_at: updatedAt } = row;
  const clear = JSON.stringify({ kind, id, site, updatedAt, version, archived, fields: fieldsOf(columns, row) });
  const sealed = opens ? `,"sealed":{${opened(columns, org, row, key)}}` : '';
  return `${clear.slice(0, -1)},"body":${row.body}${sealed}}`;
}

const SHOWN_APART: ReadonlySet<string> = new Set(['id', 'site', 'updated_at', 'version']);

function fieldsOf(columns: EntityColumns, row: Row): { [name: string]: Json } {
  const fields: { [name: string]: Json } = {};
  for (const [name, { column }] of columns.clear) {
    if (!SHOWN_APART.has(column)) fields[name] = (row[column] ?? null) as Json;
  }
  for (const column of columns.lists) fields[column] = row[column] as Json;
  return fields;
}

function opened(columns: EntityColumns, org: string, row: Row, key: Uint8Array | null): string {
  return columns.sealed
    .map((column) => {
      const sealed = row[column] as Buffer | null;
      const plain =
        sealed && key ? unseal(key, sealed, columnContext(org, columns.entity.table, row.id, column)) : null;
      return `"${column}":${plain ? plain.toString('utf8') : 'null'}`;
    })
    .join();
}
