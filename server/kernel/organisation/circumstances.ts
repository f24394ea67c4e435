/** How an organisation stands, as every door asks it: its state, its modules that are off, and what it took away from its roles. */
import type { Circumstances } from '#domain/kernel/authorise.ts';
import type { Clock } from '#domain/kernel/ids.ts';
import { type ModuleSwitch, modulesOff } from '#domain/kernel/module-switch.ts';
import type { OrganisationState } from '#domain/kernel/organisation.ts';
import { type RoleRestriction, restrictionsOf } from '#domain/kernel/restriction.ts';
import { MODULES } from '#domain/modules.ts';
import type { Database } from '../db/database.ts';
import { remembered } from '../remembered.ts';

/** `anew`: not as remembered, for whoever has just changed it. */
export type CircumstancesOf = (org: string, how?: 'anew') => Promise<Circumstances>;

/** How long a change may take to reach every door of every node. ms */
const LIFE_MS = 1_000;

/** An organisation's state and modules, remembered for a moment; `anew` asks the database. */
export function circumstancesFrom(db: Database, clock: Clock): CircumstancesOf {
  const known = remembered<Circumstances>({ clock, lifeMs: LIFE_MS });
  return (org, how) => {
    const ask = how === 'anew' ? known.anew : known.get;
    return ask(org, () => read(db, org));
  };
}

interface Standing {
  readonly state: OrganisationState;
  readonly switches: readonly ModuleSwitch[] | null;
  readonly restrictions: readonly RoleRestriction[] | null;
}

function read(db: Database, org: string): Promise<Circumstances> {
  return db.inOrgClient({ org }, async (client) => {
    const { rows } = await client.query<Standing>(
      `select o.state, (select jsonb_agg(jsonb_build_object('module', m.module, 'position', m.position, 'reason', m.reason))
         from kernel.module_switch m) as switches,
        (select jsonb_agg(r.body) from identity.role_restriction r where not r.archived) as restrictions
       from kernel.organisation o`,
    );
    const row = rows[0];
    if (!row) throw new Error('an organisation that is not there was asked for');
    return {
      state: row.state,
      off: modulesOff(MODULES, row.switches ?? []),
      restrictions: restrictionsOf(row.restrictions ?? []),
    };
  });
}
