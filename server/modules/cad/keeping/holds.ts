/**
 * Legal holds on incidents: while one stands, the incident is not erased and its organisation's keys are not destroyed. The
 * database refuses both (`kernel.legal_hold`). An incident may be under several, each for a matter of its own.
 */
import type { z } from 'zod';
import type { Hold, HoldsOutSchema } from '#domain/cad/keeping-api.ts';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { Scope } from '../../../kernel/db/database.ts';
import type { Asking } from '../../../kernel/db/flight.ts';
import { mustStandBeside } from '../../../kernel/identity/must-stand.ts';
import type { CenterContext } from '../../../kernel/part.ts';
import { type MustBeAllowed, mustKnow } from './incident.ts';

const COLUMNS = `h.id as hold, h.reason, h.placed_at as "placedAt", h.placed_by as "placedBy",
  h.released_at as "releasedAt", h.released_by as "releasedBy"`;

export async function holdsOn(client: Asking, incident: string): Promise<readonly Hold[]> {
  const { rows } = await client.query<Hold>({
    name: 'keeping.holds',
    text: `select ${COLUMNS} from kernel.legal_hold h where h.entity = 'incident:' || $1 order by h.placed_at, h.id`,
    values: [incident],
  });
  return rows;
}

/** Every hold on an incident that stands, in a site or, with null, in all of them. */
export function standingHolds(
  { db }: Pick<CenterContext, 'db'>,
  scope: Scope,
  site: string | null,
): Promise<z.output<typeof HoldsOutSchema>['items']> {
  return db.inOrgClient(scope, async (client) => {
    const { rows } = await client.query<z.output<typeof HoldsOutSchema>['items'][number]>(
      `select ${COLUMNS}, i.id as incident, i.number, i.site
         from kernel.legal_hold h join cad.incident i on i.org = h.org and 'incident:' || i.id = h.entity
        where h.released_at is null and ($1::text is null or i.site = $1) order by h.placed_at, h.id`,
      [site],
    );
    return rows;
  });
}

/** Refuses with `incident.unknown`, `incident.erased`. A step of intake, so that no erasure is under way beside it. */
export function placeHold(
  { log, clock, random }: Pick<CenterContext, 'log' | 'clock' | 'random'>,
  { org, ...acting }: Scope,
  incident: string,
  mustBeAllowed: MustBeAllowed,
): Promise<Outcome<{ readonly hold: string }>> {
  return log.intakeBeside<Outcome<{ readonly hold: string }>>(
    org,
    async (_, client) => {
      await mustStandBeside(client, acting);
      const held = await mustKnow(client, incident, mustBeAllowed);
      if (!held.ok) return held;
      if (held.value.erasedAt !== null)
        return refused('incident.erased', 'It was erased: there is nothing left of it that could be kept.');
      const [now, ref] = [clock(), `incident:${incident}`];
      const hold = uuidV7(now, random);
      await client.query(
        `insert into kernel.legal_hold (org, id, entity, tbl, row_id, reason, placed_by, placed_at)
         values ($1, $2, $3, 'cad.incident', $4, $5, $6, $7)`,
        [org, hold, ref, incident, acting.reason ?? '', acting.actor ?? null, now],
      );
      return done({ hold });
    },
    acting,
  );
}

/** Refuses with `incident.unknown`, `hold.unknown`. One that is released stays so, by whoever released it first. */
export function releaseHold(
  { log, clock }: Pick<CenterContext, 'log' | 'clock'>,
  { org, ...acting }: Scope,
  { incident, hold }: { readonly incident: string; readonly hold: string },
  mustBeAllowed: MustBeAllowed,
): Promise<Outcome<null>> {
  return log.intakeBeside<Outcome<null>>(
    org,
    async (_, client) => {
      await mustStandBeside(client, acting);
      const held = await mustKnow(client, incident, mustBeAllowed);
      if (!held.ok) return held;
      const { rowCount } = await client.query(
        `update kernel.legal_hold set released_at = coalesce(released_at, $3), released_by = coalesce(released_by, $4)
          where id = $1 and entity = 'incident:' || $2`,
        [hold, incident, clock(), acting.actor ?? null],
      );
      return rowCount === 0 ? refused('hold.unknown', 'There is no such hold on this incident.', 'hold') : done(null);
    },
    acting,
  );
}
