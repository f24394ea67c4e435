/** What a list is asked for: filters on clear columns, one sort, and where the last page ended. Checked to the last name. */

import { z } from 'zod';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { readCursor } from '../db/cursor.ts';
import type { Value } from '../db/flight.ts';
import type { ColumnType, EntityColumns } from './columns.ts';

export const ListQuerySchema = z
  .object({
    limit: z.coerce.number().int().min(1).max(500).default(100),
    after: z.string().max(512).optional(),
    /** A clear column; `-` before it for the other way round. */
    sort: z
      .string()
      .max(64)
      .regex(/^-?\w+$/)
      .default('id'),
    /** `open`: with what is sealed, opened; it is noted who read it. */
    sealed: z.enum(['left out', 'open']).default('left out'),
  })
  .catchall(z.string().max(256));
export type ListQuery = z.infer<typeof ListQuerySchema>;

export interface ListPlan {
  readonly where: string;
  readonly values: readonly Value[];
  readonly order: string;
  readonly sortColumn: string;
  readonly limit: number;
}

const LARGEST_INTEGER = 2 ** 31 - 1;

/** Undefined where a column of that type holds no such value. */
function valueFor(type: ColumnType, text: string): string | number | undefined {
  if (type === 'text') return text;
  const number = /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
  return holds(type, number) ? number : undefined;
}

function holds(type: ColumnType, value: unknown): boolean {
  if (type === 'text') return typeof value === 'string';
  return Number.isSafeInteger(value) && (type === 'bigint' || Math.abs(value as number) <= LARGEST_INTEGER);
}

/** SQL for a list of an entity's rows. `$1` is the organisation. Only names of declared columns become part of the text. */
export function planList(columns: EntityColumns, query: ListQuery): Outcome<ListPlan> {
  const values: Value[] = [];
  const put = (value: Value): string => `$${values.push(value) + 1}`;
  const where: string[] = ['org = $1'];
  for (const [name, text] of Object.entries(query)) {
    if (['limit', 'after', 'sort', 'sealed'].includes(name)) continue;
    const named = /^filter\[(\w{1,64})\]$/.exec(name)?.[1];
    const column = named === undefined ? undefined : columns.clear.get(named);
    if (!column) {
      const can = [...columns.clear.keys()].join(', ');
      return refused('field.unknown', `A list can be filtered by filter[…] of ${can}.`, name.slice(0, 64));
    }
    const value = valueFor(column.type, String(text));
    if (value === undefined) return refused('field.invalid', `${named} must be a whole number.`, name.slice(0, 64));
    where.push(`${column.column} = ${put(value)}`);
  }
  const down = query.sort.startsWith('-');
  const sort = columns.clear.get(down ? query.sort.slice(1) : query.sort);
  if (!sort) return refused('field.unknown', `sort must be one of ${[...columns.clear.keys()].join(', ')}.`, 'sort');
  const { column, type } = sort;
  if (query.after !== undefined) {
    const after = readCursor(query.after);
    if (!after || !(after[0] === null || holds(type, after[0])))
      return refused('field.invalid', 'after must be what the page before said.', 'after');
    const [value, id] = after;
    const beyond = down ? '<' : '>';
    if (value === null) where.push(`${column} is null and id ${beyond} ${put(id)}`);
    else {
      const at = put(value);
      where.push(`(${column} ${beyond} ${at} or (${column} = ${at} and id ${beyond} ${put(id)}) or ${column} is null)`);
    }
  }
  const way = down ? 'desc nulls last' : 'asc nulls last';
  return done({
    where: where.join(' and '),
    values,
    order: column === 'id' ? `id ${way}` : `${column} ${way}, id ${down ? 'desc' : 'asc'}`,
    sortColumn: column,
    limit: query.limit,
  });
}
