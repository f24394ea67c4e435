/** What the database knows of the time. */
import type { Database } from '../db/database.ts';
import { forEachOrganisation } from '../organisation/each.ts';

/** When the newest seal of any organisation was made, ms UTC; null where there is none. */
export async function newestSeal(db: Database): Promise<number | null> {
  let newest: number | null = null;
  const look = async (org: string): Promise<void> => {
    const { rows } = await db.inOrgClient({ org }, (client) =>
      client.query<{ at: number }>('select at from audit.seal where org = $1 order by position desc limit 1', [org]),
    );
    for (const { at } of rows) newest = Math.max(newest ?? at, at);
  };
  await forEachOrganisation(
    db,
    () => false,
    look,
    ({ org, code }) => {
      throw new Error(`the audit of ${org ?? 'every organisation'} does not say when it was sealed (${code})`);
    },
  );
  return newest;
}

export async function databaseNow({ pool }: Pick<Database, 'pool'>): Promise<number> {
  const { rows } = await pool.query<{ now: number }>(
    'select (extract(epoch from clock_timestamp()) * 1000)::bigint as now',
  );
  const [said] = rows;
  if (!said) throw new Error('the database does not say what time it is');
  return said.now;
}
