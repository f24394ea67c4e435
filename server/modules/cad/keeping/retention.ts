/**
 * For how long incidents are kept, where an organisation has set so: those of which nothing was entered any more for as many years
 * are erased, day by day. Not those that are worked, run by a unit, or under a legal hold.
 */
import { entityRef } from '#domain/kernel/ids.ts';
import type { Database, Scope } from '../../../kernel/db/database.ts';
import type { Asking } from '../../../kernel/db/flight.ts';
import { mustStandBeside } from '../../../kernel/identity/must-stand.ts';
import { eraseEntity } from '../../../kernel/intake/erase.ts';
import type { CenterContext } from '../../../kernel/part.ts';

const YEAR_MS = 365.25 * 86_400_000;
/** Erased in one step of intake, which keeps others waiting. */
const BATCH = 20;
const BECAUSE = 'it was kept for as long as it has to be';

/** Years; null for ever. */
export async function yearsKept({ db }: { readonly db: Database }, org: string): Promise<number | null> {
  return db.inOrgClient({ org }, async (client) => {
    const { rows } = await client.query<{ years: number | null }>('select years from cad.incident_retention');
    return rows[0]?.years ?? null;
  });
}

/** Throws Problem `session.ended`. */
export async function keepIncidentsFor(db: Database, scope: Scope, years: number | null): Promise<void> {
  await db.inOrgClient(scope, async (client) => {
    await mustStandBeside(client, scope);
    await client.query(
      'insert into cad.incident_retention (org, years) values ($1, $2) on conflict (org) do update set years = excluded.years',
      [scope.org, years],
    );
  });
}

/** How many were erased. `stopped` is asked between two steps. */
export async function eraseOld(
  context: Pick<CenterContext, 'log' | 'db' | 'keys' | 'clock' | 'random'>,
  org: string,
  stopped: () => boolean,
): Promise<number> {
  const years = await yearsKept(context, org);
  if (years === null) return 0;
  const { log, db, keys, clock, random } = context;
  const before = clock() - years * YEAR_MS;
  const { signer } = await keys.centerKeys(org);
  const scope = { actor: 'center', reason: BECAUSE };
  for (let erased = 0; ; ) {
    // Looked for outside of intake, and asked once more within it: a hold may have been placed meanwhile.
    const found = await db.inOrgClient({ org, ...scope }, (client) => due(client, before, null));
    if (found.length === 0 || stopped()) return erased;
    erased += await log.intakeBeside(
      org,
      async (tx, client) => {
        const still = await due(client, before, found);
        for (const id of still) await eraseEntity(tx, entityRef('incident', id), BECAUSE, signer, { clock, random });
        return still.length;
      },
      scope,
    );
  }
}

/** Incidents of which something sealed is left and may go by now, of these or of all; the oldest first. */
async function due(client: Asking, before: number, of: readonly string[] | null): Promise<readonly string[]> {
  const { rows } = await client.query<{ id: string }>({
    name: 'keeping.due',
    text: `select i.id from cad.incident i
      where i.answered_at < $1 and ($2::text[] is null or i.id = any ($2)) and (i.life = 'closed' or i.merged_into is not null)
        and exists (select from kernel.fact_about a join kernel.fact f on f.org = a.org and f.site = a.site and f.n = a.n
          join keys.entity k on k.org = f.org and k.id = f.k and k.entity = a.ref
          where a.org = i.org and a.ref = 'incident:' || i.id and f.b is not null)
        and not exists (select from kernel.legal_hold h
          where h.org = i.org and h.entity = 'incident:' || i.id and h.released_at is null)
        and not exists (select from cad.unit u where u.org = i.org and 'incident:' || i.id = any (u.commitments))
        and not exists (select from kernel.fact_about a join kernel.fact f on f.org = a.org and f.site = a.site and f.n = a.n
          where a.org = i.org and a.ref = 'incident:' || i.id and f.received_at >= $1)
      order by i.answered_at limit ${BATCH}`,
    values: [Math.floor(before), of === null ? null : [...of]],
  });
  return rows.map(({ id }) => id);
}
