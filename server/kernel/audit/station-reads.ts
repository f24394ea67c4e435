/** The door at which reads at stations arrive: once each, under who read, from which workstation, in which session. */
import { idOf, kindOf } from '#domain/kernel/ids.ts';
import { MODULES } from '#domain/modules.ts';
import { ReadsInSchema, ReadsOutSchema } from '#domain/wire/reads.ts';
import { Problem } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { CenterContext } from '../part.ts';

const TABLES = new Map(MODULES.flatMap(({ entities }) => entities.map(({ kind, table }) => [kind, table] as const)));
/** A thousand reads with room. */
const LARGEST = 1_048_576;
/** Another station's log: audit.take_station_reads. */
const ANOTHERS = 'QD003';

export function stationReadRoutes({ db }: Pick<CenterContext, 'db'>): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/access/reads',
      title: 'What people at a workstation were shown of patients; what was sent before is left out',
      access: 'device',
      body: ReadsInSchema,
      output: ReadsOutSchema,
      bodyLimit: LARGEST,
      handler: ({ caller, body: { log, reads }, request, reason }) =>
        db.inOrgClient(scopeOf(caller, request, reason), async (client) => {
          const rows = reads.map(({ entity, ...read }) => ({
            ...read,
            // A kind that only a newer workstation knows is noted by its own name.
            tbl: TABLES.get(kindOf(entity)) ?? kindOf(entity),
            row: idOf(entity),
          }));
          const taken = await client
            .query<{ taken: number }>('select audit.take_station_reads($1, $2, $3) as taken', [
              log,
              caller.station,
              JSON.stringify(rows),
            ])
            .catch(anothers);
          return { taken: taken.rows[0]?.taken ?? 0 };
        }),
    }),
  ];
}

function anothers(error: unknown): never {
  if ((error as { readonly code?: unknown }).code === ANOTHERS) {
    throw new Problem(409, 'reads.log', 'This log of reads is another workstation’s.', { field: 'log' });
  }
  throw error;
}
