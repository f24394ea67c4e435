/** What of an entity's row may be filtered and sorted by, and what of it is sealed: from the declarations and the tables. */
import type { EntityType } from '#domain/kernel/module.ts';
import { MODULES } from '#domain/modules.ts';
import { projectionOf } from '../intake/pg/rows.ts';

export type ColumnType = 'text' | 'bigint' | 'integer';

export interface EntityColumns {
  readonly entity: EntityType;
  /** Quoted `schema.table`. */
  readonly table: string;
  /** Name in the API → column, and its type. In clear, so they can be compared. */
  readonly clear: ReadonlyMap<string, { readonly column: string; readonly type: ColumnType }>;
  readonly sealed: readonly string[];
  /** Columns that hold lists, in clear; shown, and not compared. */
  readonly lists: readonly string[];
}

const camel = (column: string): string => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const COLUMNS = new Map(
  MODULES.flatMap((module) => module.entities.map((entity) => [entity.kind, columnsFrom(entity)] as const)),
);

export const KINDS: readonly string[] = [...COLUMNS.keys()];

export function columnsOf(kind: string): EntityColumns | null {
  return COLUMNS.get(kind) ?? null;
}

function columnsFrom(entity: EntityType): EntityColumns {
  const table = entity.table
    .split('.')
    .map((name) => `"${name}"`)
    .join('.');
  const common: [string, ColumnType][] = [
    ['id', 'text'],
    ['site', 'text'],
    ['updated_at', 'bigint'],
  ];
  const projection = entity.source === 'facts' ? projectionOf(entity.kind) : undefined;
  const own = projection
    ? projection.clear.flatMap(([name, type]): [string, ColumnType][] =>
        type === 'text' || type === 'bigint' || type === 'integer' ? (name === 'key' ? [] : [[name, type]]) : [],
      )
    : ([['version', 'integer']] as [string, ColumnType][]);
  return {
    entity,
    table,
    clear: new Map([...common, ...own].map(([column, type]) => [camel(column), { column, type }])),
    sealed: projection?.sealed ?? [],
    lists: projection?.clear.flatMap(([name, type]) => (type === 'text[]' ? [name] : [])) ?? [],
  };
}
