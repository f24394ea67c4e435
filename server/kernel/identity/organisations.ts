/** Organisations and their sites: made by the operator of the center, or by the demo. */
import { z } from 'zod';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { done, type Outcome, refusalOf, refused } from '#domain/kernel/refusal.ts';
import type { IdentityPorts } from './ports.ts';
import type { IdentityTables } from './tables.ts';

const OrganisationInSchema = z.strictObject({
  /** Stands behind `@` where a person signs in without a station. */
  org: z
    .string()
    .min(2)
    .max(64)
    .regex(/^[a-z0-9][a-z0-9-]*$/),
  name: z.string().min(1).max(120),
});

/** Makes an organisation with its keys; one that is there already is left as it is. */
export async function createOrganisation(
  ports: IdentityPorts,
  input: z.input<typeof OrganisationInSchema>,
): Promise<Outcome<{ readonly org: string; readonly made: boolean }>> {
  const parsed = OrganisationInSchema.safeParse(input);
  if (!parsed.success) return { ok: false, refusal: refusalOf(parsed.error) };
  const { org, name } = parsed.data;
  const made = await ports.db.inOrg<IdentityTables, boolean>({ org }, async (trx) => {
    const row = await trx
      .insertInto('kernel.organisation')
      .values({ org, name, created_at: ports.clock() })
      .onConflict((on) => on.column('org').doNothing())
      .returning('org')
      .executeTakeFirst();
    return row !== undefined;
  });
  await ports.keys.createOrganisation(org);
  return done({ org, made });
}

/** The sites of an organisation, by name. */
export function sitesOf(
  ports: IdentityPorts,
  org: string,
): Promise<readonly { readonly site: string; readonly name: string }[]> {
  return ports.db.inOrg<IdentityTables, { site: string; name: string }[]>({ org }, (trx) =>
    trx.selectFrom('kernel.site').select(['site', 'name']).orderBy('name').execute(),
  );
}

/** Makes a site with its key. A site of that name in the organisation refuses. */
export async function createBareSite(
  ports: IdentityPorts,
  org: string,
  name: string,
): Promise<Outcome<{ readonly site: string }>> {
  const site = uuidV7(ports.clock(), ports.random);
  const taken = await ports.db.inOrg<IdentityTables, boolean>({ org }, async (trx) => {
    const same = await trx.selectFrom('kernel.site').select('site').where('name', '=', name).executeTakeFirst();
    if (same) return true;
    await trx.insertInto('kernel.site').values({ org, site, name, created_at: ports.clock() }).execute();
    return false;
  });
  if (taken) return refused('site.known', 'There is a site of this name already; choose another name.', 'name');
  await ports.keys.createSite(org, site);
  return done({ site });
}
