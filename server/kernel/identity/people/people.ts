/** People: made, changed and withdrawn by an administrator. What stations know of them travels as their `person` record. */
import { sql } from 'kysely';
import { z } from 'zod';
import { LoginSchema, PasswordSchema, PersonNameSchema } from '#domain/identity/api/people.ts';
import { uuidV7 } from '#domain/kernel/ids.ts';
import { type Role, RoleSchema } from '#domain/kernel/permission.ts';
import { done, type Outcome, refusalOf, refused } from '#domain/kernel/refusal.ts';
import { mustStand } from '../must-stand.ts';
import { acceptableFor } from '../passwords/owner.ts';
import type { Acting, IdentityPorts } from '../ports.ts';
import { type Ended, ordered, voidResets, withdraw, withdrawCodes } from '../sessions/withdrawal.ts';
import type { IdentityTables, IdentityTx } from '../tables.ts';
import type { MustBeAllowed } from '../works-at.ts';

const PersonInSchema = z.strictObject({
  login: LoginSchema,
  name: PersonNameSchema,
  password: PasswordSchema,
  roles: z.array(RoleSchema).min(1),
  /** The site they work at; null for every site. */
  site: z.string().max(128).nullable(),
});
type PersonIn = z.input<typeof PersonInSchema>;

/** Makes a person with a password: for the operator of the center, who sets up the first of an organisation. Others are invited. */
export async function createPerson(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  input: PersonIn,
): Promise<Outcome<{ readonly person: string }>> {
  const parsed = PersonInSchema.safeParse(input);
  if (!parsed.success) return { ok: false, refusal: refusalOf(parsed.error) };
  const { password: chosen, ...rest } = parsed.data;
  const acceptable = await ports.db.inOrg<IdentityTables, Outcome<string>>({ org }, (trx) =>
    acceptableFor(trx, ports.passwords, rest, chosen),
  );
  if (!acceptable.ok) return acceptable;
  const password = await ports.passwords.hash(chosen);
  const now = ports.clock();
  const id = uuidV7(now, ports.random);
  const made = await ports.db.inOrg<IdentityTables, boolean>({ org, ...acting }, (trx) =>
    insertPerson(trx, { org, id, ...rest, agency: null, email: null, password }, { now, passwordChosen: true }),
  );
  if (!made) return refused('person.known', 'This user name is taken; choose another.', 'login');
  await publishPerson(ports, org, id);
  return done({ person: id });
}

/** `password` as it is kept; not chosen, nobody knows it. False where the user name is taken. */
export async function insertPerson(
  trx: IdentityTx,
  person: {
    readonly org: string;
    readonly id: string;
    readonly login: string;
    readonly name: string;
    readonly roles: readonly Role[];
    readonly site: string | null;
    readonly agency: string | null;
    readonly email: string | null;
    readonly password: string;
  },
  { now, passwordChosen }: { readonly now: number; readonly passwordChosen: boolean },
): Promise<boolean> {
  const row = await trx
    .insertInto('identity.person')
    .values({
      ...person,
      roles: ordered(person.roles),
      created_at: now,
      changed_at: now,
      password_changed_at: passwordChosen ? now : null,
    })
    .onConflict((on) => on.columns(['org', 'login']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** What a change of a person may set. */
interface PersonChange {
  readonly name?: string | undefined;
  readonly roles?: readonly Role[] | undefined;
  readonly agency?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly active?: boolean | undefined;
  /** The one it was made from: another change since then refuses. */
  readonly version?: number | undefined;
}

/**
 * Changes a person. Taking a role away or making them inactive ends their sessions and grants at once; a role added counts
 * from their next refresh or sign-in. Codes that they made end with their reach, and a code for their own password where they may
 * more, or work for others, than when it was made. An organisation keeps an administrator: the last one is not taken away.
 */
export async function changePerson(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  person: string,
  change: PersonChange,
  mustBeAllowed: MustBeAllowed = () => undefined,
): Promise<Outcome<null>> {
  const now = ports.clock();
  const changed = await ports.db.inOrg<IdentityTables, Outcome<readonly Ended[]>>({ org, ...acting }, async (trx) => {
    // The organisation's row is the lock: two administrators who take each other away follow each other. Rows that name it may
    // be made meanwhile, by whoever this waits for.
    await trx.selectFrom('kernel.organisation').select('org').forNoKeyUpdate().execute();
    const before = await trx
      .selectFrom('identity.person')
      .selectAll()
      .where('id', '=', person)
      .forUpdate()
      .executeTakeFirst();
    await mustStand(trx, acting);
    if (!before) {
      return refused('person.unknown', 'This person is not known; look again in the list of people.', 'person');
    }
    mustBeAllowed(before);
    if (change.version !== undefined && change.version !== before.version) {
      return refused(
        'person.changed',
        'Somebody changed this person meanwhile; look at what they saved beside what you typed, then save again.',
      );
    }
    const roles = change.roles ? ordered(change.roles) : before.roles;
    const active = change.active ?? before.active;
    const agency = change.agency === undefined ? before.agency : change.agency;
    const asFar = active && roles.includes('admin') && (agency === null || agency === before.agency);
    if (acting.actor !== null && before.active && before.roles.includes('admin') && !asFar) {
      if (await isLastAdministrator(trx, before)) {
        return refused('person.last_admin', 'Nobody else administers this; make somebody else an administrator first.');
      }
    }
    const lost = before.roles.some((role) => !roles.includes(role)) || (before.active && !active);
    await trx
      .updateTable('identity.person')
      .set({
        name: change.name ?? before.name,
        roles,
        active,
        agency,
        email: change.email === undefined ? before.email : change.email,
        version: before.version + 1,
        changed_at: now,
        ...(lost ? { withdrawn_at: now } : {}),
      })
      .where('id', '=', person)
      .execute();
    const ended = lost ? await withdraw(trx, { person }, now) : [];
    // After the sessions: what was being made in one of them is there by then.
    if (before.active && before.roles.includes('admin') && !asFar) await withdrawCodes(trx, person, now);
    // Whoever might have a code made for them then might not now.
    const more = roles.some((role) => !before.roles.includes(role)) || (active && !before.active);
    if (more || agency !== before.agency) await voidResets(trx, person, now);
    return done(ended);
  });
  if (!changed.ok) return changed;
  ports.sessionsEnded(org, changed.value);
  await publishPerson(ports, org, person);
  return done(null);
}

/** Whether nobody else administers all that this person does: their site or every one, their agency or every one. */
async function isLastAdministrator(
  trx: IdentityTx,
  person: { readonly id: string; readonly site: string | null; readonly agency: string | null },
): Promise<boolean> {
  const { site, agency } = person;
  const other = await trx
    .selectFrom('identity.person')
    .select('id')
    .where('id', '!=', person.id)
    .where('active', '=', true)
    .where(sql<boolean>`'admin' = any (roles)`)
    .where((where) =>
      site === null ? where('site', 'is', null) : where.or([where('site', 'is', null), where('site', '=', site)]),
    )
    .where((where) =>
      agency === null
        ? where('agency', 'is', null)
        : where.or([where('agency', 'is', null), where('agency', '=', agency)]),
    )
    .executeTakeFirst();
  return other === undefined;
}

/** Puts a person's newest record on the streams of the sites that know them. Repeats harmlessly. */
export async function publishPerson(ports: IdentityPorts, org: string, person: string): Promise<void> {
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
