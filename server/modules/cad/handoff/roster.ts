/** A site's records as the views of dispatch read them. */
import type { HeldKind, RosterBody } from '#domain/cad/roster.ts';
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

interface Named {
  readonly id: string;
  readonly body: unknown;
}

/** What is read of a kind: from which table, of whom, and of the body how much. */
type Part = readonly [kind: HeldKind, table: string, whose: string, body: string];

const OWN = 'and site = $2';
const OTHERS = 'and site <> $2';
const PARTS: readonly Part[] = [
  ...(Object.keys(TABLES) as (keyof typeof TABLES)[]).map(
    // People of every site are at home at one of them.
    (kind): Part => [kind, TABLES[kind], kind === 'person' ? '' : OWN, 'body'],
  ),
  ['neighbour', TABLES.site, OTHERS, `jsonb_build_object('name', body -> 'name')`],
  ['neighbour_unit', TABLES.roster_unit, OTHERS, `body || jsonb_build_object('site', site)`],
];

/** Archived records too: a unit that was taken out of the roster since keeps its name in what it did. */
export async function readRoster(db: Database, org: string, site: string): Promise<Roster> {
  const read = await db.inFlight({ org }, (asking) =>
    Promise.all(
      PARTS.map(async ([kind, table, whose, body]) => {
        const { rows } = await asking.query<Named>({
          name: `handoff.roster.${kind}`,
          text: `select id, ${body} as body from ${table} where org = $1 ${whose}`,
          values: whose === '' ? [org] : [org, site],
        });
        return [kind, new Map(rows.map((row) => [row.id, row.body]))] as const;
      }),
    ),
  );
  const held = new Map<string, ReadonlyMap<string, unknown>>(read);
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
