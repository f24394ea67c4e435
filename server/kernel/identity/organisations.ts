/** Organisations and their sites: made by the operator of the center, or by the demo. */
import { z } from 'zod';
import { NEW_ORGANISATION_POLICY, type Policy } from '#domain/identity/policy.ts';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { done, type Outcome, refusalOf, refused } from '#domain/kernel/refusal.ts';
import { mustStand } from './must-stand.ts';
import type { Acting, IdentityPorts } from './ports.ts';
import type { IdentityTables } from './tables.ts';

const OrganisationInSchema = z.strictObject({
  /** Stands behind `@` where a person signs in without a station. */
  org: z
    .string()
    .min(2)
    .max(64)
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens'),
  name: z.string().min(1).max(120),
});

/** The security policy that an organisation begins with, and why it is that one. */
export interface FirstPolicy {
  readonly policy: Policy;
  /** Shown with the policy, and in the audit. */
  readonly reason: string;
}

const AS_EVERY_NEW_ONE: FirstPolicy = {
  policy: NEW_ORGANISATION_POLICY,
  reason: 'As every new organisation begins: administrators need a second factor.',
};

/** Makes an organisation with its keys and its first policy; one that is there already is left as it is. */
export async function createOrganisation(
  ports: IdentityPorts,
  acting: Acting,
  input: z.input<typeof OrganisationInSchema>,
  first: FirstPolicy = AS_EVERY_NEW_ONE,
): Promise<Outcome<{ readonly org: string; readonly made: boolean }>> {
  const parsed = OrganisationInSchema.safeParse(input);
  if (!parsed.success) return { ok: false, refusal: refusalOf(parsed.error) };
  const { org, name } = parsed.data;
  const { policy: body, reason } = first;
  const made = await ports.db.inOrg<IdentityTables, boolean>({ org, reason, ...acting }, async (trx) => {
    const row = await trx
      .insertInto('kernel.organisation')
      .values({ org, name, created_at: ports.clock() })
      .onConflict((on) => on.column('org').doNothing())
      .returning('org')
      .executeTakeFirst();
    if (!row) return false;
    const policy = { org, body, reason, version: 1, changed_by: null, changed_at: ports.clock() };
    await trx.insertInto('identity.policy').values(policy).execute();
    return true;
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

/**
 * Makes a site with its key. A name that a site of the organisation has refuses, unless nobody belongs to that site yet:
 * then its setting up was cut off, and goes on.
 */
export async function createBareSite(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  name: string,
): Promise<Outcome<{ readonly site: string }>> {
  const fresh = uuidV7(ports.clock(), ports.random);
  const site = await ports.db.inOrg<IdentityTables, string | null>({ org, ...acting }, async (trx) => {
    // The organisation's row is the lock: two makers of one name follow each other.
    await trx.selectFrom('kernel.organisation').select('org').forNoKeyUpdate().execute();
    await mustStand(trx, acting);
    const same = await trx.selectFrom('kernel.site').select('site').where('name', '=', name).executeTakeFirst();
    if (!same) {
      await trx.insertInto('kernel.site').values({ org, site: fresh, name, created_at: ports.clock() }).execute();
      return fresh;
    }
    const someone = await trx
      .selectFrom('identity.person')
      .select('id')
      .where('site', '=', same.site)
      .executeTakeFirst();
    return someone ? null : same.site;
  });
  if (site === null) return refused('site.known', 'There is a site of this name already; choose another name.', 'name');
  await ports.keys.createSite(org, site);
  return done({ site });
}
