/** Writing folded state and its relational rows: one statement for each table and batch. */
import type { Folded } from '#domain/kernel/fold.ts';
import { type EntityRef, kindOf, type RandomBytes } from '#domain/kernel/ids.ts';
import { type Json, sameValue } from '#domain/kernel/json.ts';
import { seal } from '#sealing/cipher.ts';
import type { Asking } from '../../db/flight.ts';
import {
  ASSIGNMENT_TIMES,
  columnOf,
  isOpen,
  type ProjectedRow,
  rowId,
  rowOf,
  sealedStays,
  touchedAt,
} from '../cad-rows.ts';
import type { Writes } from './writes.ts';

/** A state to write: its key, its home site, and what was written before it, where that is remembered. */
export interface StateToWrite {
  readonly state: Folded;
  readonly before: Folded | undefined;
  readonly site: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  /** Which rules folded it. */
  readonly mark: number;
}

export interface Table {
  readonly name: string;
  /** Column and type, in clear. */
  readonly clear: readonly (readonly [string, string])[];
  readonly sealed: readonly string[];
  /** Columns in clear that are drawn from a sealed one: they stay what they were when that is erased. */
  readonly drawnFrom?: { readonly [column: string]: string };
}

export type ProjectedKind = 'incident' | 'unit' | 'assignment';

/** The relational table of each kind of fact entity that has one. */
export const UPSERTS: { readonly [K in ProjectedKind]: Table } = {
  incident: {
    name: 'cad.incident',
    clear: [
      ['number', 'text'],
      ['nature_code', 'text'],
      ['nature_text', 'text'],
      ['priority', 'text'],
      ['zone', 'text'],
      ['cell', 'text'],
      ['alarm', 'integer'],
      ['life', 'text'],
      ['answered_at', 'bigint'],
      ['closed_at', 'bigint'],
      ['disposition', 'text'],
      ['merged_into', 'text'],
      ['key', 'text'],
      ['body', 'jsonb'],
    ],
    sealed: ['location', 'caller', 'callback', 'patient', 'notes'],
    drawnFrom: { zone: 'location', cell: 'location' },
  },
  unit: {
    name: 'cad.unit',
    clear: [
      ['status_code', 'text'],
      ['status', 'text'],
      ['commitments', 'text[]'],
      ['body', 'jsonb'],
    ],
    sealed: [],
  },
  assignment: {
    name: 'cad.assignment',
    clear: [
      ['incident', 'text'],
      ['unit', 'text'],
      ['ordinal', 'integer'],
      ['status_code', 'text'],
      ['status', 'text'],
      ['destination', 'text'],
      ...ASSIGNMENT_TIMES.map((element) => [columnOf(element), 'bigint'] as const),
      ['body', 'jsonb'],
    ],
    sealed: [],
  },
};

/** A row as it is sent: its columns, and those of them that lose what they held. */
export interface RelationalRow {
  readonly [column: string]: unknown;
  readonly id: string;
  readonly emptied: readonly string[];
}

/** Columns of the relational row of a kind of fact entity. */
export function projectionOf(kind: string): Table | undefined {
  return (UPSERTS as { readonly [kind: string]: Table })[kind];
}

/** Columns of the rows that are sent for a table, with their types there. */
export function columnsOf(table: Table): { readonly [column: string]: string } {
  return Object.fromEntries([
    ['id', 'text'],
    ['site', 'text'],
    ...table.clear,
    ...table.sealed.map((name) => [name, 'text']),
    ['updated_at', 'bigint'],
  ]);
}

/** Puts rows; what they are selected from has the columns that {@link columnsOf} says. */
export function upsertOf(table: Table, rows: string): string {
  const clear = table.clear.map(([name]) => name);
  const insert = ['org', 'id', 'site', ...clear, ...table.sealed, 'updated_at'];
  const select = [
    '$1',
    'id',
    'site',
    ...clear,
    ...table.sealed.map((name) => `decode(${name}, 'base64')`),
    'updated_at',
  ];
  const set = [
    ...clear.map((name) => {
      const source = table.drawnFrom?.[name];
      return source === undefined
        ? `${name} = excluded.${name}`
        : `${name} = case when excluded.${source} is null then coalesce(excluded.${name}, t.${name}) else excluded.${name} end`;
    }),
    // A sealed value that is unchanged is not sent again: its ciphertext stays what it was.
    ...table.sealed.map(
      (name) =>
        `${name} = case when t.key = excluded.key then coalesce(excluded.${name}, t.${name}) else excluded.${name} end`,
    ),
    'updated_at = excluded.updated_at',
  ];
  return `insert into ${table.name} as t (${insert.join(', ')})
    select ${select.join(', ')} from ${rows}
    on conflict (org, id) do update set ${set.join(', ')}`;
}

/** What binds a sealed column to its row. */
export function columnContext(org: string, table: string, id: string, column: string): string {
  return `qd.column.1|${org}|${table}|${id}|${column}`;
}

export function foldedContext(org: string, ref: string): string {
  return `qd.folded.1|${org}|${ref}`;
}

function sealJson(key: Uint8Array, value: Json, context: string, random: RandomBytes): Buffer {
  return seal(key, Buffer.from(JSON.stringify(value), 'utf8'), context, random);
}

/** Hands a folded state and its relational row to what the step writes. */
export function writeState(
  writes: Pick<Writes, 'state'>,
  org: string,
  entry: StateToWrite,
  now: number,
  random: RandomBytes,
): void {
  const { state, key, bytes, mark } = entry;
  const kind = kindOf(state.ref);
  const entity = {
    ref: state.ref,
    kind,
    open: isOpen(state),
    touched_at: touchedAt(state),
    count: state.count,
    fold_version: mark,
    key,
    folded: sealJson(bytes, state as unknown as Json, foldedContext(org, state.ref), random),
  };
  const projected = projectionOf(kind) ? (kind as ProjectedKind) : null;
  writes.state(state.ref, entity, projected, projected && relationalRow(org, entry, now, random));
}

function relationalRow(
  org: string,
  { state, before, site, key, bytes }: StateToWrite,
  now: number,
  random: RandomBytes,
): RelationalRow | null {
  const table = projectionOf(kindOf(state.ref));
  const row = rowOf(state);
  if (!table || !row) return null;
  const id = rowId(state.ref);
  let earlier: { readonly [column: string]: Json | undefined } | undefined;
  const stays = (column: string, value: Json): boolean => {
    if (!before) return false;
    const certainly = sealedStays(before, state, column);
    if (certainly !== null) return certainly;
    earlier ??= rowOf(before)?.sealed ?? {};
    return sameValue(earlier[column], value);
  };
  const sealed = Object.entries(row.sealed).flatMap(([column, value]) =>
    value === undefined || stays(column, value)
      ? []
      : [
          [
            column,
            sealJson(bytes, value, columnContext(org, table.name, id, column), random).toString('base64'),
          ] as const,
        ],
  );
  return {
    id,
    site,
    key,
    ...row.clear,
    ...Object.fromEntries(sealed),
    emptied: emptied(state, row, table),
    updated_at: now,
  };
}

/**
 * Columns that must not stay what they were. Only a settlement takes a value away without another in its place; what was
 * erased is partly shown, and what was drawn from it stays.
 */
function emptied(state: Folded, row: ProjectedRow, table: Table): readonly string[] {
  if (!state.judged) return [];
  const gone = table.sealed.filter((column) => row.sealed[column] === undefined);
  const drawn = state.partly ? [] : Object.entries(table.drawnFrom ?? {});
  return [
    ...gone,
    ...drawn.flatMap(([column, source]) => (gone.includes(source) && row.clear[column] === null ? [column] : [])),
  ];
}

/** Empties columns of one row; an upsert alone keeps a sealed value that it was not sent. */
export function emptyingOf(table: Table, columns: readonly string[]): string {
  return `update ${table.name} set ${columns.map((column) => `${column} = null`).join(', ')} where org = $1 and id = $2`;
}

/** Moves an entity's relational row, if it has one, to the site that it is of. */
export async function moveRow(client: Asking, org: string, ref: EntityRef, site: string): Promise<void> {
  const table = projectionOf(kindOf(ref));
  if (!table) return;
  await client.query(`update ${table.name} set site = $3 where org = $1 and id = $2`, [org, rowId(ref), site]);
}
