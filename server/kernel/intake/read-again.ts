/** Reading what was taken in while the key of its site was not at the center, once it is. */
import type { EntityRef } from '#domain/kernel/ids.ts';
import { openKeys } from './open.ts';
import type { StoredLog } from './pg/log.ts';
import { foldAgain } from './refold.ts';

/** Keys whose facts are read in one step: others wait for it. */
const AT_ONCE = 10;

/**
 * Folds again whatever has a fact that could not be read for want of one of these keys of a site; rows, and what is derived from them,
 * follow. The entities.
 */
export async function readAgain(
  log: StoredLog,
  org: string,
  siteKeys: readonly string[],
): Promise<readonly EntityRef[]> {
  const read: EntityRef[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const behind: string = after;
    after = await log.intakeBeside(org, async (tx, asking) => {
      const { rows } = await asking.query<{ k: string; refs: EntityRef[] }>(
        `select f.k, array_agg(distinct a.ref) as refs
         from kernel.fact f join keys.entity e on e.org = f.org and e.id = f.k
         join kernel.fact_about a on a.org = f.org and a.site = f.site and a.n = f.n
         where f.org = $1 and f.unread and f.k > $2 and e.under = any ($3) group by f.k order by f.k limit $4`,
        [org, behind, siteKeys, AT_ONCE],
      );
      const open = await openKeys(
        tx,
        rows.map(({ k }) => k),
      );
      const readable = rows.filter(({ k }) => open.has(k));
      const refs = [...new Set(readable.flatMap((row) => row.refs))];
      await foldAgain(tx, refs);
      if (readable.length > 0) await asking.query('select kernel.read_now($1)', [readable.map(({ k }) => k)]);
      read.push(...refs);
      return rows.length < AT_ONCE ? null : (rows.at(-1)?.k ?? null);
    });
  }
  return [...new Set(read)];
}
