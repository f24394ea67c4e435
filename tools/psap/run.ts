/** What `npm run psap` does at a center: adds a PSAP or an administrator, or asks for one more enrolment code of a PSAP. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { rolesRequiringMfa } from '../../domain/identity/policy.ts';
import { ENDS } from '../../domain/kernel/command-line.ts';
import type { Outcome } from '../../domain/kernel/refusal.ts';
import { CenterFailure } from '../../server/kernel/db/failure.ts';
import { networkOf } from '../../server/kernel/http/network.ts';
import { issueEnrolmentCode } from '../../server/kernel/identity/devices/enrolment.ts';
import { makeLimits } from '../../server/kernel/identity/limits.ts';
import { createOrganisation, sitesOf } from '../../server/kernel/identity/organisations.ts';
import { type Breached, NONE_KNOWN, openBreached } from '../../server/kernel/identity/passwords/breached.ts';
import { acceptableFor } from '../../server/kernel/identity/passwords/owner.ts';
import { makePasswords } from '../../server/kernel/identity/passwords/passwords.ts';
import { acceptInvitation, invite } from '../../server/kernel/identity/people/invitations.ts';
import { policyOf } from '../../server/kernel/identity/policy/policy.ts';
import type { Acting, IdentityPorts } from '../../server/kernel/identity/ports.ts';
import type { IdentityTables, IdentityTx } from '../../server/kernel/identity/tables.ts';
import { pgLog } from '../../server/kernel/intake/pg/log.ts';
import { masterConfigOf } from '../../server/kernel/keys/master-config.ts';
import { pgKeyRing } from '../../server/kernel/keys/pg-ring.ts';
import { makeCounters } from '../../server/kernel/limits/counters.ts';
import { openStorage, type Storage } from '../../server/kernel/storage.ts';
import { createSite, FIRST_ADMINISTRATOR } from '../../server/modules/sites/create.ts';
import type { PsapFlags } from './flags.ts';
import { operatingUser } from './operating-user.ts';
import { askPassword } from './password.ts';

/** Whoever is at the machine of the center is its operator, by the name that the machine knows them by. */
const ACTING: Acting = { actor: 'operator', reason: `npm run psap, as ${operatingUser(userInfo, process.env)}` };

/** What the operator reads instead of a result. */
class Refused extends Error {}

function taken<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Refused(outcome.refusal.message);
}

function portsOf({ db, masters, secret }: Storage, breached: Breached): IdentityPorts {
  const world = { clock: Date.now, random: (length: number): Uint8Array => randomBytes(length) };
  const keys = pgKeyRing(db, masters, { ...world, secret });
  return {
    db,
    keys,
    log: pgLog(db, { keys, ...world }),
    ...world,
    eventRaised: () => undefined,
    // A center that runs beside this tells its stations when they next say hello.
    rosterChanged: () => undefined,
    sessionsEnded: () => undefined,
    publicUrl: () => process.env.QD_PUBLIC_URL ?? 'http://localhost:8420',
    sessionChanged: () => undefined,
    passwords: makePasswords(breached),
    limits: makeLimits(makeCounters({ redis: null, pool: db.pool, clock: Date.now, onAway: () => undefined })),
  };
}

async function organisationOf(ports: IdentityPorts, flags: PsapFlags): Promise<string> {
  if (flags.org !== undefined && flags.orgName !== undefined) {
    return taken(await createOrganisation(ports, ACTING, { org: flags.org, name: flags.orgName })).org;
  }
  const { rows } = await ports.db.pool.query<{ org: string }>('select org from kernel.organisations() org');
  const known = rows.map((row) => row.org);
  if (flags.org !== undefined) {
    if (known.includes(flags.org)) return flags.org;
    throw new Refused(`There is no organisation ${flags.org}; give --org-name too and it is made.`);
  }
  const [only, ...others] = known;
  if (only !== undefined && others.length === 0) return only;
  throw new Refused(
    only === undefined
      ? 'There is no organisation yet; name one with --org ID --org-name NAME.'
      : `Say which organisation with --org: ${known.join(', ')}.`,
  );
}

/** Whether nobody belongs to it yet: whoever comes first administers all of it, or nobody ever could. */
function isEmpty(ports: IdentityPorts, org: string): Promise<boolean> {
  return ports.db.inOrg<IdentityTables, boolean>({ org }, async (trx) => {
    const anybody = await trx.selectFrom('identity.person').select('id').limit(1).executeTakeFirst();
    return anybody === undefined;
  });
}

/** Asked before anything is made: a refusal leaves no PSAP behind that nobody administers. */
async function mustBeAcceptable(
  ports: IdentityPorts,
  org: string,
  who: { readonly login: string; readonly name: string },
  password: string,
): Promise<void> {
  const owner = { ...who, roles: FIRST_ADMINISTRATOR };
  const look = (trx: IdentityTx) => acceptableFor(trx, ports.passwords, owner, password);
  taken(await ports.db.inOrg<IdentityTables, Outcome<string>>({ org }, look));
}

async function siteOf(ports: IdentityPorts, org: string, { name }: PsapFlags): Promise<string> {
  const found = (await sitesOf(ports, org)).find((of) => of.name === name);
  if (found) return found.site;
  throw new Refused(`Organisation ${org} has no PSAP ${name}; give --zone and --admin to add it.`);
}

async function saySecondFactor(ports: IdentityPorts, org: string, user: string): Promise<void> {
  if (!rolesRequiringMfa(await policyOf(ports, org)).includes('admin')) return;
  process.stdout.write(`At the first sign-in at the center’s page, ${user} sets up a second factor.\n`);
}

/** Where whoever administered all of it is gone, or has lost every factor and code: nobody else could let anybody in. */
async function addAdministrator(ports: IdentityPorts, org: string, flags: PsapFlags, user: string): Promise<void> {
  await siteOf(ports, org, flags);
  const password = await askPassword(`Password for ${user}: `);
  const who = { login: user, name: flags.adminName ?? user };
  await mustBeAcceptable(ports, org, who, password);
  const invited = await invite(ports, ACTING, org, {
    ...{ ...who, roles: [...FIRST_ADMINISTRATOR] },
    ...{ site: null, agency: null, email: null },
  });
  taken(await acceptInvitation(ports, 'psap', { code: taken(invited).code, password }));
  process.stdout.write(`${user} administers the whole organisation ${org}.\n`);
  await saySecondFactor(ports, org, user);
}

async function carryOut(ports: IdentityPorts, flags: PsapFlags): Promise<void> {
  const org = await organisationOf(ports, flags);
  if (flags.zone === undefined && flags.admin !== undefined) return addAdministrator(ports, org, flags, flags.admin);
  let site: string;
  if (flags.zone !== undefined && flags.admin !== undefined) {
    const password = await askPassword(`Password for ${flags.admin}: `);
    const admin = { user: flags.admin, name: flags.adminName ?? flags.admin };
    await mustBeAcceptable(ports, org, { login: admin.user, name: admin.name }, password);
    const administers = flags.whole || (await isEmpty(ports, org)) ? 'the organisation' : 'the site';
    const asked = { name: flags.name, timeZone: flags.zone, admin };
    const made = taken(await createSite(ports, ACTING, org, asked, administers));
    taken(await acceptInvitation(ports, 'psap', { code: made.invitation.code, password }));
    site = made.site;
    const all = administers === 'the organisation' ? 'the whole organisation' : 'it';
    process.stdout.write(`${flags.name} is set up in organisation ${org}; ${flags.admin} administers ${all}.\n`);
    await saySecondFactor(ports, org, flags.admin);
  } else site = await siteOf(ports, org, flags);
  const { code, expiresAt } = taken(await issueEnrolmentCode(ports, ACTING, org, site));
  const until = new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ');
  process.stdout.write(`Enrolment code, for one workstation, until ${until} UTC: ${code}\n`);
}

/** The folder that `npm start` keeps its center in, where that is what was named. */
function centerFolder(data: string): string {
  const inside = join(data, 'center');
  return existsSync(join(inside, 'master.key')) ? inside : data;
}

/** A folder with another name than the center's is not made into a center of its own, which nobody asked for. */
function mustHoldCenter(folder: string, { orgName }: PsapFlags): void {
  if (orgName !== undefined || ['master.key', 'postgres'].some((name) => existsSync(join(folder, name)))) return;
  throw new Refused(
    `There is no center in ${folder}: name its data folder with --data, or begin one with --org ID --org-name NAME.`,
  );
}

/** Says what came of it; the process ends with 1 where it could not be done. */
export async function runPsap(flags: PsapFlags): Promise<void> {
  let storage: Storage | null = null;
  let breached = NONE_KNOWN;
  try {
    const folder = centerFolder(flags.data);
    const databaseUrl = process.env.DATABASE_URL || undefined;
    if (databaseUrl === undefined) mustHoldCenter(folder, flags);
    storage = await openStorage(
      folder,
      databaseUrl,
      masterConfigOf(process.env),
      networkOf({ closedNetworks: process.env.QD_CLOSED_NETWORKS }),
    );
    const leaked = process.env.QD_BREACHED_PASSWORDS;
    if (leaked) breached = await openBreached(leaked);
    await carryOut(portsOf(storage, breached), flags);
  } catch (error) {
    const own = error instanceof Refused || error instanceof CenterFailure;
    process.stderr.write(
      `${own ? error.message : 'This could not be done; see that the center’s database answers.'}\n`,
    );
    process.exitCode = own ? ENDS.refused : ENDS.no;
  } finally {
    await breached.close();
    await storage?.close();
  }
}
