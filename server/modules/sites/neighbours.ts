/**
 * What the sites of an organisation know of each other's rosters: the name of each and its units by their callsigns, so that one
 * can be asked for by name. How those units are and where comes by facts, once it is shared (docs/adr/0023).
 */
import { asNeighboursSee } from '#domain/cad/roster.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import type { Asking } from '../../kernel/db/flight.ts';
import type { IntakeTransaction } from '../../kernel/intake/port.ts';
import type { CenterContext } from '../../kernel/part.ts';

type Showing = Pick<IntakeTransaction, 'showRecord'>;

/** Shows the other sites what they are to know of records that were just put at a site. */
export async function showNeighbours(
  tx: Showing,
  client: Asking,
  site: string,
  records: readonly RecordVersion[],
): Promise<void> {
  const shown = records.flatMap((record) => asNeighboursSee(site, record) ?? []);
  if (shown.length === 0) return;
  const { rows } = await client.query<{ site: string }>({
    name: 'neighbours.sites',
    text: 'select site from kernel.site where site <> $1 order by created_at, site',
    values: [site],
  });
  for (const to of rows) for (const record of shown) await tx.showRecord(to.site, record);
}

/** Shows a site that is new what the others have, and the others that it is there. Repeats harmlessly. */
export async function publishNeighbours({ log }: Pick<CenterContext, 'log'>, org: string, site: string): Promise<void> {
  await log.intakeBeside(org, async (tx, client) => {
    const { rows } = await client.query<RecordVersion & { readonly site: string }>({
      name: 'neighbours.all',
      text: `select 'site' as kind, id, site, version, body from cad.site_profile where not archived
        union all select 'roster_unit', id, site, version, body from cad.roster_unit where not archived`,
      values: [],
    });
    for (const { site: home, ...record } of rows) {
      if (home === site) await showNeighbours(tx, client, home, [record]);
      else {
        const shown = asNeighboursSee(home, record);
        if (shown?.body) await tx.showRecord(site, shown);
      }
    }
  });
}
