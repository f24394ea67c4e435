/** People: made, changed and withdrawn by an administrator. What stations know of them travels as their `person` record. */
import { z } from 'zod';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { type Role, RoleSchema } from '#domain/kernel/permission.ts';
import { done, type Outcome, refusalOf, refused } from '#domain/kernel/refusal.ts';
import { acceptablePassword } from './passwords.ts';
import type { Acting, IdentityPorts } from './ports.ts';
import type { IdentityTables } from './tables.ts';
import { ordered, withdraw } from './withdrawal.ts';

export const PersonInSchema = z.strictObject({
  login: z
    .string()
    .trim()
    .toLowerCase()
    .min(1)
    .max(120)
    .regex(/^[\p{L}\p{N}._@+-]+$/u),
  name: z.string().trim().min(1).max(120),
  password: z.string().min(1).max(1_024),
  roles: z.array(RoleSchema).min(1),
  /** The site they work at; null for every site. */
  site: z.string().max(128).nullable(),
});
export type PersonIn = z.input<typeof PersonInSchema>;

export async function createPerson(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  input: PersonIn,
): Promise<Outcome<{ readonly person: string }>> {
  const parsed = PersonInSchema.safeParse(input);
  if (!parsed.success) return { ok: false, refusal: refusalOf(parsed.error) };
  const { login, name, roles, site } = parsed.data;
  const password = acceptablePassword(parsed.data.password, login);
  if (!password.ok) return password;
  const kept = await ports.passwords.hash(password.value);
  const now = ports.clock();
  const id = uuidV7(now, ports.random);
  const made = await ports.db.inOrg<IdentityTables, boolean>({ org, ...acting }, async (trx) => {
    const row = await trx
      .insertInto('identity.person')
      .values({ org, id, site, login, name, password: kept, roles: ordered(roles), created_at: now, changed_at: now })
      .onConflict((on) => on.columns(['org', 'login']).doNothing())
      .returning('id')
      .executeTakeFirst();
    return row !== undefined;
  });
  if (!made) return refused('person.known', 'This user name is taken; choose another.', 'login');
  await publishPerson(ports, org, id);
  return done({ person: id });
}

/** What a change of a person may set. */
export interface PersonChange {
  readonly name?: string;
  readonly roles?: readonly z.infer<typeof RoleSchema>[];
  readonly password?: string;
  readonly active?: boolean;
}

/**
 * Changes a person. Taking a role away, a new password or making them inactive ends their sessions and grants at once;
 * a role added counts from their next refresh or sign-in.
 */
export async function changePerson(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  person: string,
  change: PersonChange,
): Promise<Outcome<null>> {
  const held = await ports.db.inOrg<IdentityTables, { login: string } | undefined>({ org }, (trx) =>
    trx.selectFrom('identity.person').select('login').where('id', '=', person).executeTakeFirst(),
  );
  if (!held) return unknownPerson();
  if (change.password !== undefined) {
    const acceptable = acceptablePassword(change.password, held.login);
    if (!acceptable.ok) return acceptable;
  }
  const password = change.password === undefined ? undefined : await ports.passwords.hash(change.password);
  const now = ports.clock();
  await ports.db.inOrg<IdentityTables, void>({ org, ...acting }, async (trx) => {
    const before = await trx
      .selectFrom('identity.person')
      .selectAll()
      .where('id', '=', person)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const roles = change.roles ? ordered(change.roles) : before.roles;
    await trx
      .updateTable('identity.person')
      .set({
        name: change.name ?? before.name,
        roles,
        active: change.active ?? before.active,
        password: password ?? before.password,
        version: before.version + 1,
        changed_at: now,
      })
      .where('id', '=', person)
      .execute();
    const lost = before.roles.some((role) => !roles.includes(role));
    if (lost || password !== undefined || change.active === false) await withdraw(trx, { person }, now);
  });
  await publishPerson(ports, org, person);
  return done(null);
}

/** Withdraws a person: sessions and grants end, what they write from now on is contested. */
export function revokePerson(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  person: string,
): Promise<Outcome<null>> {
  return changePerson(ports, acting, org, person, { active: false });
}

/** Puts a person's newest record on the streams of the sites that know them. Repeats harmlessly. */
async function publishPerson(ports: IdentityPorts, org: string, person: string): Promise<void> {
  await publish(ports, org, { person });
}

/** Puts the people of every site on the stream of a site that is new. */
export async function publishEveryone(ports: IdentityPorts, org: string, site: string): Promise<void> {
  await publish(ports, org, { site });
}

async function publish(
  ports: IdentityPorts,
  org: string,
  which: { readonly person: string } | { readonly site: string },
): Promise<void> {
  const { people, sites } = await ports.db.inOrg<IdentityTables, { people: PublicPerson[]; sites: string[] }>(
    { org },
    async (trx) => {
      const all = trx
        .selectFrom('identity.person as p')
        .leftJoin('cad.person as shown', 'shown.id', 'p.id')
        .select(['p.id', 'p.site', 'p.login', 'p.name', 'p.roles', 'p.active', 'p.version', 'shown.site as home']);
      const sites = await trx.selectFrom('kernel.site').select('site').orderBy('created_at').orderBy('site').execute();
      return {
        people: await ('person' in which
          ? all.where('p.id', '=', which.person)
          : all.where('p.site', 'is', null)
        ).execute(),
        sites: sites.map((of) => of.site),
      };
    },
  );
  await ports.log.intake(org, async (tx) => {
    for (const person of people) {
      const held = await tx.record('person', person.id);
      const newer = !held || held.version < person.version;
      const body = { user: person.login, name: person.name, roles: person.roles, active: person.active };
      const record = { kind: 'person', id: person.id, version: person.version, body };
      const to = 'site' in which ? [which.site] : person.site === null ? sites : [person.site];
      // The row's home is the site that was first; the record shows at every site that knows the person.
      const home = person.home ?? to[0];
      if (newer && home !== undefined) await tx.putRecord(home, record);
      for (const site of to) {
        const already = newer ? site === home : 'person' in which;
        if (!already) await tx.showRecord(site, record);
      }
    }
  });
}

interface PublicPerson {
  readonly id: string;
  readonly site: string | null;
  readonly login: string;
  readonly name: string;
  readonly roles: Role[];
  readonly active: boolean;
  readonly version: number;
  readonly home: string | null;
}

function unknownPerson(): Outcome<never> {
  return refused('person.unknown', 'This person is not known; look again in the list of people.', 'person');
}
