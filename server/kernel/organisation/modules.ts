/** Switching modules of an organisation off and on: by its administrators, or by the operator, who alone lifts a kill. */
import { sql } from 'kysely';
import type { z } from 'zod';
import type { ModulesOutSchema } from '#domain/identity/api/organisation.ts';
import { modulesOff } from '#domain/kernel/module-switch.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { MODULES } from '#domain/modules.ts';
import { mustStand } from '../identity/must-stand.ts';
import type { Acting } from '../identity/ports.ts';
import type { IdentityTables } from '../identity/tables.ts';
import type { CenterContext } from '../part.ts';
import { DESTROYED } from './states.ts';

type Ports = Pick<CenterContext, 'db' | 'clock'>;

export function modulesOf({ db }: Ports, org: string): Promise<z.infer<typeof ModulesOutSchema>> {
  return db.inOrg<IdentityTables, z.infer<typeof ModulesOutSchema>>({ org }, async (trx) => {
    const switches = await trx.selectFrom('kernel.module_switch').select(['module', 'position', 'reason']).execute();
    const off = modulesOff(MODULES, switches);
    const own = new Map(switches.map((row) => [row.module, row.position]));
    return {
      modules: MODULES.map(({ name, title, needs, essential }) => ({
        name,
        title,
        needs: [...needs],
        essential,
        position: off.has(name) ? (own.get(name) ?? 'with another') : 'on',
        why: off.get(name) ?? null,
      })),
    };
  });
}

/** Refuses with `module.unknown`, `module.essential`, `module.killed`, `module.off`, `organisation.destroyed`. */
export async function switchModule(
  { db, clock }: Ports,
  acting: Acting,
  org: string,
  module: string,
  change: { readonly on: boolean; readonly reason: string; readonly as: 'administrator' | 'operator' },
): Promise<Outcome<null>> {
  const declared = MODULES.find(({ name }) => name === module);
  if (!declared) {
    return refused(
      'module.unknown',
      `There is no module of that name; there are ${MODULES.map(({ name }) => name).join(', ')}.`,
      'module',
    );
  }
  if (declared.essential) {
    return refused('module.essential', `${declared.title} is what dispatching stands on; it is never off.`, 'module');
  }
  return db.inOrg<IdentityTables, Outcome<null>>({ org, ...acting, reason: change.reason }, async (trx) => {
    const there = await trx
      .selectFrom('kernel.organisation')
      .select('destroyed_at')
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!there) return refused('organisation.unknown', 'There is no organisation of this name.', 'org');
    if (there.destroyed_at !== null) return DESTROYED;
    await mustStand(trx, acting);
    const held = await trx
      .selectFrom('kernel.module_switch')
      .selectAll()
      .where('module', '=', module)
      .executeTakeFirst();
    if (held?.position === 'killed' && change.as !== 'operator') {
      return refused('module.killed', `The operator of the center stopped ${declared.title}: ${held.reason}`, 'module');
    }
    if (change.on) {
      if (held === undefined) return done(null);
      // Each lifts their own: what the organisation had off before the operator stopped it is off again.
      if (change.as === 'operator' && held.position === 'off') {
        return refused(
          'module.off',
          `The organisation switched ${declared.title} off itself, and its administrators switch it on again.`,
          'module',
        );
      }
      if (held.off_reason !== null) {
        await trx
          .updateTable('kernel.module_switch')
          .set({ position: 'off', reason: held.off_reason, changed_by: held.off_by, off_reason: null, off_by: null })
          .where('module', '=', module)
          .execute();
        return done(null);
      }
      await trx.deleteFrom('kernel.module_switch').where('module', '=', module).execute();
      // What ended while it was off was not derived for it: those runs are due again.
      await sql`select cad.handoff_is_due(org, id) from cad.incident where updated_at >= ${held.changed_at}`.execute(
        trx,
      );
      return done(null);
    }
    const kills = change.as === 'operator';
    const beneath = kills && held?.position === 'off' ? { off_reason: held.reason, off_by: held.changed_by } : {};
    const row = {
      position: kills ? ('killed' as const) : ('off' as const),
      reason: change.reason,
      changed_by: acting.actor,
      changed_at: held?.changed_at ?? clock(),
      ...beneath,
    };
    await trx
      .insertInto('kernel.module_switch')
      .values({ org, module, ...row })
      .onConflict((on) => on.columns(['org', 'module']).doUpdateSet(row))
      .execute();
    return done(null);
  });
}
