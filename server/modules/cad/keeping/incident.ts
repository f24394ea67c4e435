/** The incident that a hold or an erasure is about, as it stands in the transaction that asks. */
import type { Concerned } from '#domain/kernel/authorise.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { Asking } from '../../../kernel/db/flight.ts';

export interface KeptIncident {
  /** Of the site that took the call. */
  readonly site: string;
  /** What people call it: its number, or its id where it never had one. */
  readonly number: string;
  /** Nobody works by it any more: it is closed, or was merged into another. */
  readonly over: boolean;
  /** Units that still run it. */
  readonly units: number;
  /** When it was erased, ms UTC; null where it was not. */
  readonly erasedAt: number | null;
}

/** Throws where whoever asks may not do this to an incident of that site. */
export type MustBeAllowed = (of: Concerned) => void;

/** Refuses with `incident.unknown`. */
export async function mustKnow(
  client: Asking,
  incident: string,
  mustBeAllowed: MustBeAllowed,
): Promise<Outcome<KeptIncident>> {
  const { rows } = await client.query<KeptIncident>({
    name: 'keeping.incident',
    text: `select i.site, coalesce(i.number, i.id) as number, i.life = 'closed' or i.merged_into is not null as over,
        (select count(*)::integer from cad.unit u where 'incident:' || i.id = any (u.commitments)) as units,
        (select max(f.at) from kernel.fact_about a join kernel.fact f using (org, site, n)
          where a.org = i.org and a.ref = 'incident:' || i.id and f.type = 'entity.erased' and f.station = 'center') as "erasedAt"
      from cad.incident i where i.id = $1`,
    values: [incident],
  });
  const [held] = rows;
  if (!held) return refused('incident.unknown', 'There is no incident under this id.', 'incident');
  mustBeAllowed({ site: held.site });
  return done(held);
}
