/** Taking an action away from a role of an organisation, and giving it back: records that stations hold, too. */
import type { ActionType } from '#domain/kernel/action.ts';
import { ROLE_TITLES, type Role } from '#domain/kernel/permission.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { type RoleRestriction, RoleRestrictionSchema } from '#domain/kernel/restriction.ts';
import type { RecordVersion } from '#domain/kernel/stream.ts';
import type { Asking } from '../db/flight.ts';
import { mustStandBeside } from '../identity/must-stand.ts';
import type { Acting } from '../identity/ports.ts';
import type { CenterContext } from '../part.ts';

const KIND = 'role_restriction';

interface RestrictionChange {
  readonly role: Role;
  readonly withheld: boolean;
  readonly reason: string;
}

/** Refuses with `permission.not_had`, `permission.own_security`, `permission.administration`, `site.none`. */
export function changeRestriction(
  { log, clock }: Pick<CenterContext, 'log' | 'clock'>,
  acting: Acting,
  org: string,
  action: ActionType,
  change: RestrictionChange,
): Promise<Outcome<null>> {
  const { role, withheld, reason } = change;
  const objection = withheld ? objectionTo(action, role) : null;
  if (objection) return Promise.resolve(objection);
  return log.intakeBeside<Outcome<null>>(
    org,
    async (tx, client) => {
      await mustStandBeside(client, acting);
      const held = await heldOf(client, role);
      const others = held.restriction.withheld.filter(({ permission }) => permission !== action.name);
      const had = others.length < held.restriction.withheld.length;
      if (had === withheld) return done(null);
      const now = { permission: action.name, reason, since: clock() };
      const body: RoleRestriction = { role, withheld: withheld ? [...others, now] : others };
      const sites = await sitesOf(client);
      const home = held.home ?? sites[0];
      if (home === undefined) return refused('site.none', 'Set up a site first; there is nobody to take it away from.');
      const record: RecordVersion = { kind: KIND, id: role, version: held.version + 1, body };
      await tx.putRecord(home, record);
      for (const site of sites) if (site !== home) await tx.showRecord(site, record);
      return done(null);
    },
    { ...acting, reason },
  );
}

/** Puts what is taken away in the organisation on the stream of a site that is new. */
export async function publishRestrictions(
  { log }: Pick<CenterContext, 'log'>,
  org: string,
  site: string,
): Promise<void> {
  await log.intakeBeside(org, async (tx, client) => {
    const { rows } = await client.query<{ id: string; site: string; version: number; body: RoleRestriction }>({
      name: 'restriction.all',
      text: 'select id, site, version, body from identity.role_restriction where not archived',
      values: [],
    });
    for (const { id, site: home, version, body } of rows) {
      if (home !== site) await tx.showRecord(site, { kind: KIND, id, version, body });
    }
  });
}

function objectionTo(action: ActionType, role: Role): Outcome<never> | null {
  if (!action.may.includes(role)) {
    return refused('permission.not_had', `The role ${ROLE_TITLES[role]} does not have this anyway.`, 'role');
  }
  if (action.reach === 'own' && action.purpose === 'account') {
    return refused('permission.own_security', 'Everybody keeps what is for their own security.', 'permission');
  }
  if (role === 'admin' && /^(people|permissions)\./.test(action.name)) {
    const why = 'Administrators keep people and permissions, or nobody could give this back.';
    return refused('permission.administration', why, 'role');
  }
  return null;
}

async function heldOf(
  client: Asking,
  role: Role,
): Promise<{ readonly restriction: RoleRestriction; readonly version: number; readonly home: string | null }> {
  const { rows } = await client.query<{ site: string; version: number; body: unknown }>({
    name: 'restriction.of',
    text: 'select site, version, body from identity.role_restriction where id = $1',
    values: [role],
  });
  const row = rows[0];
  return row
    ? { restriction: RoleRestrictionSchema.parse(row.body), version: row.version, home: row.site }
    : { restriction: { role, withheld: [] }, version: 0, home: null };
}

async function sitesOf(client: Asking): Promise<readonly string[]> {
  const text = 'select site from kernel.site order by created_at, site';
  const { rows } = await client.query<{ site: string }>({ name: 'restriction.sites', text, values: [] });
  return rows.map(({ site }) => site);
}
