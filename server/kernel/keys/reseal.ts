/**
 * What is sealed under an organisation's key of secrets, sealed anew under the one of now: after it, a key that was retired
 * opens nothing that is still kept. Rows that somebody changes meanwhile are left to them: they seal under the new key anyway.
 */
import type pg from 'pg';
import type { Scope } from '../db/database.ts';
import { CenterFailure } from '../db/failure.ts';
import type { CenterContext } from '../part.ts';
import { UNNAMED } from './inner-keys.ts';
import { MARK_BYTES, readMark } from './secrets.ts';

/** A column of secrets that `KeyRing.sealFor` made; each part of the center names its own. */
export interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** Names the row within its organisation. */
  readonly id: string;
  /** What the secret of a row is bound to. */
  readonly contextOf: (id: string) => string;
  /** A function of the database that puts it, where nobody may otherwise change a row: of id, was, is. */
  readonly by?: string;
}

/** Sealed anew in one turn. */
const BATCH = 200;
interface Row {
  readonly id: string;
  readonly sealed: Buffer;
}

/** Seals a batch anew; how many rows were looked at, 0 where none is left under another key. */
export async function resealSecrets(
  { db, keys }: Pick<CenterContext, 'db' | 'keys'>,
  scope: Scope,
  columns: readonly SealedColumn[],
): Promise<number> {
  const { org } = scope;
  const mark = (await keys.sealFor(org, Buffer.alloc(0), 'its mark')).subarray(0, MARK_BYTES);
  for (const { table, column, id, contextOf, by } of columns) {
    const { rows } = await db.inOrgClient(scope, (client) =>
      client.query<Row>(
        `select ${id} as id, ${column} as sealed from ${table}
         where org = $1 and ${column} is not null and substring(${column} from 1 for ${MARK_BYTES}) <> $2 limit ${BATCH}`,
        [org, mark],
      ),
    );
    if (rows.length === 0) continue;
    const anew: { readonly id: string; readonly was: Buffer; readonly is: Buffer }[] = [];
    for (const row of rows) {
      const plain = await keys.unsealFor(org, row.sealed, contextOf(row.id));
      if (!plain) throw new CenterFailure('key.damaged', `The secret ${row.id} of ${table} cannot be opened.`);
      anew.push({ id: row.id, was: row.sealed, is: await keys.sealFor(org, plain, contextOf(row.id)) });
    }
    await db.inOrgClient(scope, async (client) => {
      for (const one of anew) {
        await client.query(
          by === undefined
            ? `update ${table} set ${column} = $3 where org = kernel.org() and ${id} = $1 and ${column} = $2`
            : `select ${by}($1, $2, $3)`,
          [one.id, one.was, one.is],
        );
      }
    });
    return rows.length;
  }
  return 0;
}

/** How many secrets each key still holds, by its id. */
export async function secretsHeld(
  client: pg.ClientBase,
  org: string,
  columns: readonly SealedColumn[],
  known: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const held = new Map<string, number>();
  for (const { table, column } of columns) {
    const { rows } = await client.query<{ mark: Buffer; n: number }>(
      `select substring(${column} from 1 for ${MARK_BYTES}) as mark, count(*)::int as n from ${table}
       where org = $1 and ${column} is not null group by 1`,
      [org],
    );
    for (const { mark, n } of rows) {
      const named = readMark(Buffer.concat([mark, Buffer.alloc(1)]))?.id;
      const key = named !== undefined && known.includes(named) ? named : UNNAMED;
      held.set(key, (held.get(key) ?? 0) + n);
    }
  }
  return held;
}
