/** Moving an organisation from state to state, and destroying its key at the end. By the operator of the center alone. */
import { sql } from 'kysely';
import type { z } from 'zod';
import type { OrganisationOutSchema } from '#domain/identity/api/organisation.ts';
import { rolesRequiringMfa } from '#domain/identity/policy.ts';
import { type OrganisationState, STATE_MOVES, STATE_WORDS } from '#domain/kernel/organisation.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import type { RoleRestriction } from '#domain/kernel/restriction.ts';
import { policyIn } from '../identity/policy/policy.ts';
import type { Acting } from '../identity/ports.ts';
import type { IdentityTables } from '../identity/tables.ts';
import type { CenterContext } from '../part.ts';

type Ports = Pick<CenterContext, 'db' | 'clock'>;
type OrganisationOut = z.infer<typeof OrganisationOutSchema>;

const YEAR_MS = 365 * 86_400_000;
/** How long a terminated organisation's keys are kept at least: the retention of dispatch records. */
const TERMINATED_FOR_MS = 7 * YEAR_MS;

export function organisationOf({ db }: Ports, org: string): Promise<OrganisationOut | null> {
  return db.inOrg<IdentityTables, OrganisationOut | null>({ org }, async (trx) => {
    const row = await trx.selectFrom('kernel.organisation').selectAll().executeTakeFirst();
    const { rows } = await sql<{ body: RoleRestriction }>`
      select body from identity.role_restriction where not archived order by id`.execute(trx);
    return row
      ? {
          org: row.org,
          name: row.name,
          state: row.state,
          means: STATE_WORDS[row.state],
          since: row.state_since,
          reason: row.state_reason,
          destroyAfter: row.destroy_after,
          destroyedAt: row.destroyed_at,
          secondFactorRequired: [...rolesRequiringMfa(await policyIn(trx))],
          restrictions: rows.map(({ body }) => body),
        }
      : null;
  });
}

export const DESTROYED: Outcome<never> = refused(
  'organisation.destroyed',
  'The key of this organisation was destroyed; nothing brings it back.',
);

/**
 * Moves an organisation. `destroyAfter` (ms UTC) may put the destruction of its key later than its retention, not earlier.
 * Refuses with `organisation.unknown`, `organisation.move`, `organisation.destroyed`, `organisation.retention`.
 */
export function moveOrganisation(
  { db, clock }: Ports,
  acting: Acting,
  org: string,
  to: OrganisationState,
  reason: string,
  destroyAfter?: number,
): Promise<Outcome<null>> {
  return db.inOrg<IdentityTables, Outcome<null>>({ org, ...acting, reason }, async (trx) => {
    const row = await trx.selectFrom('kernel.organisation').selectAll().forNoKeyUpdate().executeTakeFirst();
    if (!row) return refused('organisation.unknown', 'There is no organisation of this name.', 'org');
    if (row.destroyed_at !== null) {
      return DESTROYED;
    }
    if (!STATE_MOVES[row.state].includes(to)) {
      const open = STATE_MOVES[row.state].join(', ');
      return refused('organisation.move', `From ${row.state} it can be moved to ${open}.`, 'state');
    }
    const earliest = clock() + TERMINATED_FOR_MS;
    if (to === 'TERMINATED' && destroyAfter !== undefined && destroyAfter < earliest) {
      return refused('organisation.retention', 'Its records are kept for seven years at least.', 'destroyAfter');
    }
    await trx
      .updateTable('kernel.organisation')
      .set({
        state: to,
        state_since: clock(),
        state_reason: reason,
        destroy_after: to === 'TERMINATED' ? (destroyAfter ?? earliest) : null,
      })
      .execute();
    return done(null);
  });
}
