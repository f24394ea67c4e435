/** Setting up a site (a PSAP): its profile, statuses, positions, and the invitation of its first administrator. */
import { sql } from 'kysely';
import type { z } from 'zod';
import { SiteInSchema } from '#domain/cad/api.ts';
import { CAD } from '#domain/cad/module.ts';
import type { RosterKind, SiteSchema } from '#domain/cad/roster.ts';
import { DEFAULT_STATUSES } from '#domain/cad/status.ts';
import { uuidFromDigest } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { done, type Outcome, refusalOf, refused } from '#domain/kernel/refusal.ts';
import { sha256 } from '#sealing/digest.ts';
import { createBareSite } from '../../kernel/identity/organisations.ts';
import { invite } from '../../kernel/identity/people/invitations.ts';
import { publishEveryone } from '../../kernel/identity/people/people.ts';
import type { Acting, IdentityPorts } from '../../kernel/identity/ports.ts';
import type { IdentityTables } from '../../kernel/identity/tables.ts';
import { publishRestrictions } from '../../kernel/organisation/restrictions.ts';
import { publishNeighbours } from './neighbours.ts';

export type SiteIn = z.input<typeof SiteInSchema>;

/** Seconds within which a waiting call turns amber and red, by priority, until the site sets its own. */
const WAITING: z.infer<typeof SiteSchema>['waiting'] = { 1: [30, 60], 2: [45, 90], 3: [90, 180], 4: [180, 360] };

/** A record of the roster as it is first put: `key` names it within its kind and site. */
export interface FirstRecord {
  readonly kind: RosterKind;
  readonly key: string;
  readonly body: { readonly [field: string]: Json };
}

/** The id of a first record: the same site and key always give the same id, and no two sites share one. */
export function firstRecordId(site: string, kind: RosterKind, key: string): string {
  if (kind === 'site') return site;
  return uuidFromDigest(Buffer.from(sha256(`qd.first.1|${site}|${kind}|${key}`), 'base64url'));
}

/** Puts records that are not there yet, in one step; those that are, changed or archived since, are left alone. */
export async function putFirst(
  ports: Pick<IdentityPorts, 'db' | 'log'>,
  acting: Acting,
  at: { readonly org: string; readonly site: string },
  records: readonly FirstRecord[],
): Promise<void> {
  const named = records.map((record) => ({ ...record, id: firstRecordId(at.site, record.kind, record.key) }));
  const there = await held(ports.db, at.org, named);
  const missing = named.filter(({ kind, id }) => !there.has(`${kind}/${id}`));
  if (missing.length === 0) return;
  await ports.log.intake(
    at.org,
    async (tx) => {
      for (const { kind, id, body } of missing) {
        if (await tx.record(kind, id)) continue;
        await tx.putRecord(at.site, { kind, id, version: 1, body: { ...body } as { [field: string]: never } });
      }
    },
    { ...acting },
  );
}

async function held(
  db: IdentityPorts['db'],
  org: string,
  named: readonly { readonly kind: RosterKind; readonly id: string }[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  await db.inOrg({ org }, async (trx) => {
    for (const kind of new Set(named.map((record) => record.kind))) {
      const table = CAD.entities.find((entity) => entity.kind === kind)?.table ?? '';
      const ids = named.filter((record) => record.kind === kind).map((record) => record.id);
      const { rows } = await sql<{ id: string }>`
        select id from ${sql.table(table)} where org = ${org} and id = any (${ids})`.execute(trx);
      for (const { id } of rows) found.add(`${kind}/${id}`);
    }
  });
  return found;
}

/** What every site begins with. */
function beginnings(name: string, timeZone: string): readonly FirstRecord[] {
  return [
    { kind: 'site', key: 'site', body: { name, timeZone, waiting: WAITING as unknown as Json } },
    {
      kind: 'status_set',
      key: 'default',
      body: { agency: null, statuses: DEFAULT_STATUSES as unknown as Json },
    },
    ...['1', '2', '3', '4'].map(
      (seat): FirstRecord => ({ kind: 'position', key: seat, body: { name: seat, covers: '' } }),
    ),
  ];
}

/** Roles of whoever administers a site first. */
export const FIRST_ADMINISTRATOR: readonly Role[] = ['admin', 'supervisor', 'dispatcher'];

interface Invited {
  readonly invitation: string;
  readonly code: string;
  readonly expiresAt: number;
}

/**
 * Makes a site and invites its first administrator, of the site alone or of the whole organisation. Everything is looked at
 * before anything is made, so a refusal leaves nothing behind; cut off in between and asked again, it goes on where it was.
 */
export async function createSite(
  ports: IdentityPorts,
  acting: Acting,
  org: string,
  input: SiteIn,
  administers: 'the site' | 'the organisation' = 'the site',
): Promise<Outcome<{ readonly site: string; readonly invitation: Invited }>> {
  const parsed = SiteInSchema.safeParse(input);
  if (!parsed.success) return { ok: false, refusal: refusalOf(parsed.error) };
  const { name, timeZone, admin } = parsed.data;
  const taken = await ports.db.inOrg<IdentityTables, unknown>({ org }, (trx) =>
    trx.selectFrom('identity.person').select('id').where('login', '=', admin.user).executeTakeFirst(),
  );
  if (taken) return refused('person.known', 'This user name is taken; choose another.', 'admin.user');
  const made = await createBareSite(ports, acting, org, name);
  if (!made.ok) return made;
  const { site } = made.value;
  await putFirst(ports, acting, { org, site }, beginnings(name, timeZone));
  const invitation = await invite(ports, acting, org, {
    ...{ login: admin.user, name: admin.name ?? admin.user, agency: null, email: null },
    site: administers === 'the site' ? site : null,
    roles: [...FIRST_ADMINISTRATOR],
  });
  if (!invitation.ok) return invitation;
  await publishEveryone(ports, org, site);
  await publishRestrictions(ports, org, site);
  await publishNeighbours(ports, org);
  return done({ site, invitation: invitation.value });
}
