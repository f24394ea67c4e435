/**
 * What the sites of an organisation know of each other's rosters: the name of each and its units by their callsigns, so that one
 * can be asked for by name. How those units are and where comes by facts, once it is shared (docs/adr/0023).
 *
 * Invariant: a site has been shown the newest version of each such record of the others, once.
 */
import { asNeighboursSee } from '#domain/cad/roster.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import type { Asking } from '../../kernel/db/flight.ts';
import type { IntakeTransaction } from '../../kernel/intake/port.ts';
import { forEachOrganisation } from '../../kernel/organisation/each.ts';
import type { CenterContext, CenterPart } from '../../kernel/part.ts';

type Showing = Pick<IntakeTransaction, 'showRecord'>;

async function sitesOf(client: Asking): Promise<readonly string[]> {
  const text = 'select site from kernel.site order by created_at, site';
  const { rows } = await client.query<{ site: string }>({ name: 'neighbours.sites', text, values: [] });
  return rows.map(({ site }) => site);
}

/** Shows the other sites what they are to know of records that were just put at a site. */
export async function showNeighbours(
  tx: Showing,
  client: Asking,
  site: string,
  records: readonly RecordVersion[],
): Promise<void> {
  const shown = records.flatMap((record) => asNeighboursSee(site, record) ?? []);
  if (shown.length === 0) return;
  for (const to of await sitesOf(client)) if (to !== site) for (const record of shown) await tx.showRecord(to, record);
}

interface Row extends RecordVersion {
  readonly site: string;
}

/** Shows every site what it lacks of the others: one that is new, or was there before its center knew of this. */
export async function publishNeighbours({ log }: Pick<CenterContext, 'log'>, org: string): Promise<void> {
  await log.intakeBeside(org, async (tx, client) => {
    const sites = await sitesOf(client);
    if (sites.length < 2) return;
    const { rows } = await client.query<Row>({
      name: 'neighbours.all',
      text: `select 'site' as kind, id, site, version, case when archived then null else body end as body from cad.site_profile
        union all select 'roster_unit', id, site, version, case when archived then null else body end from cad.roster_unit`,
      values: [],
    });
    const due = rows.flatMap(({ site, ...record }) => {
      const shown = asNeighboursSee(site, record);
      return shown ? sites.flatMap((to) => (to === site ? [] : [{ to, shown }])) : [];
    });
    const { rows: before } = await client.query<{ version: number | null }>({
      name: 'neighbours.shown',
      text: `select (select max((i.item ->> 'version')::int) from kernel.stream_item i
            where i.org = $1 and i.site = r.site and i.kind = 'record' and i.name = r.name) as version
        from unnest($2::text[], $3::text[]) with ordinality as r (site, name, n) order by r.n`,
      values: [org, due.map(({ to }) => to), due.map(({ shown }) => `${shown.kind}/${shown.id}`)],
    });
    for (const [i, { to, shown }] of due.entries()) {
      const version = before[i]?.version ?? null;
      const isLacking = version === null ? shown.body !== null : version < shown.version;
      if (isLacking) await tx.showRecord(to, shown);
    }
  });
}

/** Looks once when the center starts, beside the work of the day: an organisation may be older than this. */
export function showingNeighbours(
  ports: Pick<CenterContext, 'db' | 'log' | 'logger'>,
): Pick<Required<CenterPart>, 'start'> {
  return {
    start: async () => {
      let stopped = false;
      const looking = forEachOrganisation(
        ports.db,
        () => stopped,
        (org) => publishNeighbours(ports, org),
        (of) => ports.logger.warn(of, 'the sites of an organisation could not be shown to each other'),
      );
      return async () => {
        stopped = true;
        await looking;
      };
    },
  };
}
