/** Rows of a kind that some condition names, as they are shown; it is noted who read them. */
import type { Database, Scope } from '../db/database.ts';
import type { Value } from '../db/flight.ts';
import type { KeyRing } from '../keys/ring.ts';
import type { EntityColumns } from './columns.ts';
import { type Reach, withinReach } from './reach.ts';
import { notedOf, type Row, readsAreNoted, selectionOf, showRow } from './read.ts';

/**
 * Rows as they are shown (JSON text), in their order, those that `where` names; more than `most` are found and not noted. `values` are
 * of `$2` and on. One flight: where what is about patients is shown, it is noted in the same transaction who read it.
 */
export async function rowsWhere(
  { db, keys }: { readonly db: Database; readonly keys: KeyRing },
  scope: Scope,
  columns: EntityColumns,
  reach: Reach,
  asked: {
    readonly where: string;
    readonly values: readonly Value[];
    readonly order: string;
    readonly most: number;
    readonly open: boolean;
    /** What the audit says besides of how they were found. */
    readonly by?: string;
  },
): Promise<{ readonly items: readonly string[]; readonly rows: readonly Row[] }> {
  const { where, order, most, open, by } = asked;
  const values: Value[] = [scope.org, ...asked.values];
  const put = (value: Value, type: string): string => `$${values.push(value)}::${type}`;
  const within = withinReach(columns, (bound) => put(reach[bound], 'text'), 'shown');
  // What is not sealed shows in every list.
  const noted = readsAreNoted(columns) && (open || columns.sealed.length === 0);
  const entries = `(select audit.note_reads(${put(columns.entity.table, 'text')}, array_agg(n.id), ${put(notedOf(columns, by), 'jsonb')})
    from (select id from page limit ${most}) n)`;
  const { rows } = await db.inFlight({ ...scope, own: reach.own }, (asking) =>
    asking.query<Row>({
      text: `with page as (select ${selectionOf(columns, open)} from ${columns.table} t
          where ${where} and ${within} order by ${order} limit ${most + 1})
        select page.*${noted ? `, ${entries}::text as noted` : ''} from page`,
      values: noted ? values : values.slice(0, -2),
    }),
  );
  const items: string[] = [];
  for (const row of rows.slice(0, most)) items.push(await showRow(keys, scope.org, columns, row, open));
  return { items, rows };
}
