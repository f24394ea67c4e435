/** Of which site an entity is, by the record of its name. */
import { type EntityRef, idOf, kindOf } from '#domain/kernel/ids.ts';
import { HOME_KINDS } from '#domain/modules.ts';
import type { Asking } from '../../db/flight.ts';
import { ONE_BY_ONE } from './one-by-one.ts';
import { tableOf } from './records.ts';

/** Absent where there is no such record. A record that is archived still says it. */
export async function homesOf(
  client: Asking,
  org: string,
  refs: readonly EntityRef[],
): Promise<ReadonlyMap<EntityRef, string>> {
  const homes = new Map<EntityRef, string>();
  for (const [kind, record] of HOME_KINDS) {
    const ids = refs.filter((ref) => kindOf(ref) === kind).map(idOf);
    if (ids.length === 0) continue;
    const { rows } = await client.query<{ id: string; site: string }>({
      name: `home.${record}`,
      text: `select r.id, t.site from unnest($2::text[]) as r (id)
        cross join lateral (select site from ${tableOf(record)} where org = $1 and id = r.id ${ONE_BY_ONE}) t`,
      values: [org, ids],
    });
    for (const { id, site } of rows) homes.set(`${kind}:${id}`, site);
  }
  return homes;
}
