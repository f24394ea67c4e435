/**
 * Charts as a list: whose each is, beside what its run record and the roster say. Nothing of it is about the patient, so no
 * reading is noted; who opens one reads it at `/v1/entities/chart`, where it is.
 */
import type { z } from 'zod';
import type { ChartCrewOutSchema, ChartOut, ChartsOutSchema, ChartsQuerySchema } from '#domain/epcr/api.ts';
import { entityRef } from '#domain/kernel/ids.ts';
import { CREW, type Role } from '#domain/kernel/permission.ts';
import { done, type Outcome, refused } from '#domain/kernel/refusal.ts';
import { BY_TIME, cursorAfter, readCursor } from '../../kernel/db/cursor.ts';
import type { Database, Scope } from '../../kernel/db/database.ts';
import type { Value } from '../../kernel/db/flight.ts';
import type { EntityColumns } from '../../kernel/entities/columns.ts';
import { type Reach, withinReach } from '../../kernel/entities/reach.ts';
import { derivedId } from '../cad/handoff/derive.ts';

interface Row extends Omit<ChartOut, 'agency' | 'author' | 'leftScene' | 'trip' | 'report'> {
  readonly assignment: string;
  /** When its run first left the scene, by which the list is in order; 0 where nobody recorded it. */
  readonly runLeft: number;
  /** When it left with this patient; the same where there is one. */
  readonly leftScene: number | null;
  readonly agencyId: string | null;
  readonly agencyName: string | null;
  readonly authorId: string | null;
  readonly authorName: string | null;
}

/** The charts within reach, those transported last first. Refuses with `field.invalid` for a page that was never said. */
export async function listCharts(
  db: Pick<Database, 'inFlight'>,
  scope: Scope & { readonly actor: string },
  columns: EntityColumns,
  reach: Reach,
  { whose, limit, after, chart }: z.output<typeof ChartsQuerySchema>,
): Promise<Outcome<z.input<typeof ChartsOutSchema>>> {
  const values: Value[] = [scope.org];
  const put = (value: Value, type: string): string => `$${values.push(value)}::${type}`;
  const where = ['t.org = $1', 'not t.archived', withinReach(columns, (bound) => put(reach[bound], 'text'), 'shown')];
  if (whose === 'unclaimed') where.push(`t.author is null and t.body ->> 'state' = 'open'`);
  if (whose === 'mine') where.push(`t.author = ${put(scope.actor, 'text')}`);
  if (chart !== undefined) where.push(`t.id = ${put(chart, 'text')}`);
  if (after !== undefined) {
    const cursor = readCursor(after, BY_TIME);
    if (cursor === null) return refused('field.invalid', 'after must be what the page before said.', 'after');
    const [leftScene, id] = cursor;
    where.push(`(r.left_scene, t.id) < (${put(leftScene, 'bigint')}, ${put(id, 'text')})`);
  }
  const { rows } = await db.inFlight({ ...scope, own: reach.own }, (asking) =>
    asking.query<Row>({
      text: `select t.id as chart, t.version, t.run, t.body ->> 'incident' as incident, t.body ->> 'state' as state,
          r.body ->> 'assignment' as assignment, r.body ->> 'number' as number, r.body ->> 'callsign' as callsign,
          p.n as patient, greatest(p.n, jsonb_array_length(coalesce(r.body -> 'journeys', '[]'))) as patients, case when j.one is null then r.body ->> 'destination' else j.one ->> 'destination' end as destination, r.left_scene as "runLeft",
          case when j.one is null then nullif(r.left_scene, 0) else (j.one ->> 'leftScene')::bigint end as "leftScene", t.site, coalesce(s.body ->> 'name', t.site) as psap, s.body ->> 'timeZone' as "timeZone",
          u.body ->> 'agency' as "agencyId", a.body ->> 'name' as "agencyName", t.author as "authorId", w.name as "authorName"
        from epcr.chart t join cad.run r on r.org = t.org and r.id = t.run
        cross join lateral (select (t.body ->> 'patient')::int) as p (n)
        cross join lateral (select r.body -> 'journeys' -> (p.n - 1)) as j (one)
        left join cad.site_profile s on s.org = t.org and s.id = t.site
        left join cad.roster_unit u on u.org = t.org and u.id = t.body ->> 'unit'
        left join cad.agency a on a.org = t.org and a.id = u.body ->> 'agency'
        left join identity.person w on w.org = t.org and w.id = t.author
        where ${where.join(' and ')} order by r.left_scene desc, t.id desc limit ${limit + 1}`,
      values,
    }),
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last ? cursorAfter(last.runLeft, last.chart) : null;
  return done({ charts: page.map(shown), next });
}

function shown({ assignment, runLeft: _, agencyId, agencyName, authorId, authorName, ...row }: Row): ChartOut {
  return {
    ...row,
    trip: derivedId(entityRef('assignment', assignment), 'trip', row.patient),
    report: derivedId(entityRef('incident', row.incident), 'report'),
    agency: agencyId === null ? null : { id: agencyId, name: agencyName ?? agencyId },
    author: authorId === null ? null : { person: authorId, name: authorName ?? authorId },
  };
}

/** Whom the chart can be given to. `mustBeAllowed` throws where whoever asks may not know. Refuses with `chart.unknown`. */
export function crewFor(
  db: Pick<Database, 'inOrgClient'>,
  scope: Scope,
  chart: string,
  mustBeAllowed: (of: { readonly site: string; readonly agency: string | null }) => void,
): Promise<Outcome<z.input<typeof ChartCrewOutSchema>>> {
  return db.inOrgClient(scope, async (client) => {
    const { rows: charts } = await client.query<{ site: string; agency: string | null }>(
      `select c.site, u.body ->> 'agency' as agency from epcr.chart c
       left join cad.roster_unit u on u.org = c.org and u.id = c.body ->> 'unit'
       where c.id = $1 and not c.archived`,
      [chart],
    );
    const of = charts[0];
    if (!of) return refused('chart.unknown', 'There is no chart under this id.', 'chart');
    mustBeAllowed(of);
    const { rows: crew } = await client.query<{ person: string; name: string; roles: Role[] }>(
      `select id as person, name, roles from identity.person
       where active and roles && $1::text[] and coalesce(site, $2) = $2 and coalesce(agency, $3) is not distinct from $3
       order by name, id`,
      [CREW, of.site, of.agency],
    );
    return done({ crew });
  });
}
