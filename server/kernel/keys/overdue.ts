/** Which keys have been used for longer than the key policy lets them: counted for whoever watches the center. */
import type { KeyShown } from '#domain/identity/api/keys.ts';
import { isOverdue } from '#domain/identity/cryptoperiod.ts';
import type { CenterContext } from '../part.ts';

type Level = KeyShown['level'];

/** Those that are in use, or made known. */
const USED = `
  select 'organisation' as level, coalesce(rotated_at, created_at) as since from keys.organisation where org = $1
  union all select 'master', coalesce(under_since, created_at) from keys.organisation where org = $1
  union all select 'site', created_at from keys.site where org = $1 and retired_at is null
  union all select 'signing', created_at from keys.signing where org = $1 and retired_at is null
  union all select purpose, created_at from keys.inner where org = $1 and retired_at is null and purpose <> 'operations'`;

/** The level of each key of an organisation that is used beyond its time. */
export function overdueKeys(
  { db, clock }: Pick<CenterContext, 'db' | 'clock'>,
  org: string,
): Promise<readonly Level[]> {
  return db.inOrgClient({ org, actor: 'center' }, async (client) => {
    const { rows } = await client.query<{ level: Level; since: number }>(USED, [org]);
    const now = clock();
    return rows.flatMap(({ level, since }) =>
      isOverdue({ level, state: 'active', createdAt: since }, now) ? [level] : [],
    );
  });
}
