/** A site's records as the views of dispatch read them. */
import { type RawBuilder, sql } from 'kysely';
import type { HeldKind, NeighbourKind, RosterBody } from '#domain/cad/roster.ts';
import { statusesFor } from '#domain/cad/views/status-set.ts';
import type { World } from '#domain/cad/views/world.ts';
import type { Database } from '../../../kernel/db/database.ts';

export type Roster = Pick<World, 'record' | 'records' | 'statuses' | 'personName' | 'positionName'>;

/** Kinds that a hand-off names things by, and their tables. */
const TABLES = {
  site: 'cad.site_profile',
  agency: 'cad.agency',
  roster_unit: 'cad.roster_unit',
  nature: 'cad.nature',
  disposition: 'cad.disposition',
  status_set: 'cad.status_set',
  position: 'cad.position',
  person: 'cad.person',
} as const;

/** Archived records too: a unit that was taken out of the roster since keeps its name in what it did. */
export async function readRoster(db: Database, org: string, site: string): Promise<Roster> {
  const held = new Map<string, Map<string, unknown>>();
  await db.inOrg({ org }, async (trx) => {
    for (const [kind, table] of Object.entries(TABLES)) {
      // People of every site are at home at one of them.
      const where = kind === 'person' ? sql`true` : sql`site = ${site}`;
      const { rows } = await sql<{ id: string; body: unknown }>`
        select id, body from ${sql.table(table)} where org = ${org} and ${where}`.execute(trx);
      held.set(kind, new Map(rows.map((row) => [row.id, row.body])));
    }
    const beside = async (kind: NeighbourKind, body: RawBuilder<unknown>, table: string): Promise<void> => {
      const { rows } = await sql<{ id: string; body: unknown }>`
        select id, ${body} as body from ${sql.table(table)} where org = ${org} and site <> ${site}`.execute(trx);
      held.set(kind, new Map(rows.map((row) => [row.id, row.body])));
    };
    await beside('neighbour', sql`jsonb_build_object('name', body -> 'name')`, TABLES.site);
    await beside('neighbour_unit', sql`body || jsonb_build_object('site', site)`, TABLES.roster_unit);
  });
  const of = <K extends HeldKind>(kind: K): ReadonlyMap<string, RosterBody<K>> =>
    (held.get(kind) ?? new Map()) as ReadonlyMap<string, RosterBody<K>>;
  const sets = [...of('status_set').values()];
  return {
    record: (kind, id) => of(kind).get(id),
    records: (kind) => [...of(kind)].map(([id, body]) => ({ id, body })),
    statuses: (agency) => statusesFor(sets, agency),
    personName: (by) => (by === null ? '' : (of('person').get(by)?.name ?? 'someone not known here')),
    positionName: (position) => (position === null ? '' : (of('position').get(position)?.name ?? position)),
  };
}
