/** The demo organisation: made once, found again at every later start. */
import { DEFAULT_POLICY } from '#domain/identity/policy.ts';
import { createBareSite, createOrganisation, type FirstPolicy, sitesOf } from '../../kernel/identity/organisations.ts';
import { createPerson } from '../../kernel/identity/people/people.ts';
import { type IdentityPorts, OPERATOR } from '../../kernel/identity/ports.ts';
import type { IdentityTables } from '../../kernel/identity/tables.ts';
import type { CenterPart } from '../../kernel/part.ts';
import { putFirst } from '../sites/create.ts';
import { readCounty, recordsOf } from './county.ts';
import { DEMO_ORG, DEMO_PASSWORD } from './sign-in.ts';

export interface Demo {
  readonly org: string;
  readonly site: string;
}

const FIRST_POLICY: FirstPolicy = {
  policy: DEFAULT_POLICY,
  reason:
    'The demo asks nobody for a second factor: its password is known to everyone, it serves this machine alone, and whoever tries it has nothing to set up.',
};

/** Makes what of the demo is not there. What a user changed since is left as it is. */
export async function seedDemo(ports: IdentityPorts): Promise<Demo> {
  const county = await readCounty();
  const org = DEMO_ORG;
  must(await createOrganisation(ports, OPERATOR, { org, name: county.organisation.name }, FIRST_POLICY));
  const site =
    (await sitesOf(ports, org)).find((of) => of.name === county.site.name)?.site ??
    must(await createBareSite(ports, OPERATOR, org, county.site.name)).site;
  await ports.keys.createSite(org, site);
  await putFirst(ports, OPERATOR, { org, site }, recordsOf(county, site));
  const known = await ports.db.inOrg<IdentityTables, { login: string }[]>({ org }, (trx) =>
    trx.selectFrom('identity.person').select('login').execute(),
  );
  const logins = new Set(known.map((person) => person.login));
  for (const { user, name, roles } of county.people.filter((person) => !logins.has(person.user))) {
    // The demo's administrator is the organisation's: a replay asks them for a site of its own. So is the auditor: the audit is.
    const at = roles.includes('admin') || roles.includes('auditor') ? null : site;
    must(await createPerson(ports, OPERATOR, org, { login: user, name, roles, password: DEMO_PASSWORD, site: at }));
  }
  return { org, site };
}

function must<T>(outcome: { ok: true; value: T } | { ok: false; refusal: { message: string } }): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`The demo could not be made: ${outcome.refusal.message}`);
}

/** Seeds the demo before the center says that it is ready. */
export function demoPart(ports: IdentityPorts): CenterPart {
  return {
    name: 'demo',
    routes: [],
    start: async () => {
      await seedDemo(ports);
      return async () => undefined;
    },
  };
}
