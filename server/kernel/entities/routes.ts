/** REST reads, derived from the declarations: lists, single rows, and the facts behind them. */
import { z } from 'zod';
import { EntityRefSchema } from '#domain/kernel/fact.ts';
import type { Json } from '#domain/kernel/json.ts';
import { allowed } from '#domain/kernel/permission.ts';
import type { Database } from '../db/database.ts';
import type { Caller } from '../http/auth.ts';
import { Problem, problemOf } from '../http/problem.ts';
import { type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { CenterLog } from '../intake/port.ts';
import type { KeyRing } from '../keys/ring.ts';
import { columnsOf, type EntityColumns, KINDS } from './columns.ts';
import { cursorAfter, ListQuerySchema, planList } from './query.ts';
import { type EntityOut, type Row, showRows } from './read.ts';

const Id = z
  .string()
  .min(1)
  .max(160)
  .regex(/^[\w.:-]+$/);
const EntityOutSchema = z.object({
  kind: z.string(),
  id: z.string(),
  site: z.string(),
  updatedAt: z.int(),
  version: z.int().optional(),
  archived: z.boolean().optional(),
  fields: z.record(z.string(), z.json()),
  body: z.json(),
  sealed: z.record(z.string(), z.json()).optional(),
});
const FactOutSchema = z.object({
  id: z.string(),
  type: z.string(),
  v: z.int(),
  at: z.int(),
  hlc: z.string(),
  station: z.string(),
  position: z.string().nullable(),
  session: z.string().nullable(),
  by: z.string().nullable(),
  about: z.array(z.string()),
  replaces: z.array(z.string()),
  /** Absent where it was erased or its key is not here. */
  body: z.json().optional(),
});

export interface EntityPorts {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly log: CenterLog;
}

function readable(kind: string, caller: Caller): EntityColumns {
  const columns = columnsOf(kind);
  if (!columns)
    throw new Problem(404, 'kind.unknown', `There is no kind of that name; there are ${KINDS.join(', ')}.`, {
      field: 'kind',
    });
  const may = caller.kind === 'device' ? columns.entity.stationHeld : allowed(caller.roles, columns.entity.read);
  if (!may) throw new Problem(403, 'read.refused', 'Your role does not read this.');
  return columns;
}

export function entityRoutes({ db, keys, log }: EntityPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/entities/{kind}',
      title: 'Rows of a kind, a page at a time; filter[column]=value, sort=column or sort=-column',
      access: 'any',
      params: z.strictObject({ kind: z.string().max(64) }),
      query: ListQuerySchema,
      output: z.object({ items: z.array(EntityOutSchema), next: z.string().nullable() }),
      handler: async ({ caller, params, query, request, reason }) => {
        const columns = readable(params.kind, caller);
        const plan = planList(columns, query);
        if (!plan.ok) throw problemOf(plan.refusal);
        const { where, values, order, sortColumn, limit } = plan.value;
        return db.inOrgClient(scopeOf(caller, request, reason), async (client) => {
          const site = caller.site === null ? '' : ` and site = $${values.length + 2}`;
          const { rows } = await client.query<Row>(
            `select * from ${columns.table} where ${where}${site} order by ${order} limit ${limit + 1}`,
            [caller.org, ...values, ...(caller.site === null ? [] : [caller.site])],
          );
          const page = rows.slice(0, limit);
          const last = page.at(-1);
          const items = await showRows(client, keys, caller.org, columns, page, query.sealed === 'open');
          const next =
            rows.length > limit && last
              ? cursorAfter((last[sortColumn] ?? null) as string | number | null, last.id)
              : null;
          return { items: items.map(plain), next };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/v1/entities/{kind}/{id}',
      title: 'One row, what is sealed in it opened; it is noted who read it',
      access: 'any',
      params: z.strictObject({ kind: z.string().max(64), id: Id }),
      output: EntityOutSchema,
      handler: async ({ caller, params, request, reason }) => {
        const columns = readable(params.kind, caller);
        return db.inOrgClient(scopeOf(caller, request, reason), async (client) => {
          const { rows } = await client.query<Row>(
            `select * from ${columns.table} where org = $1 and id = $2 and ($3::text is null or site = $3)`,
            [caller.org, params.id, caller.site],
          );
          const [shown] = await showRows(client, keys, caller.org, columns, rows, true);
          if (!shown)
            throw new Problem(404, 'entity.unknown', 'There is nothing of this kind under this id.', { field: 'id' });
          return plain(shown);
        });
      },
    }),
    route({
      method: 'GET',
      path: '/v1/facts',
      title: 'The facts about an entity, in the order of their readings',
      access: 'any',
      query: z.strictObject({ entity: EntityRefSchema }),
      output: z.object({ items: z.array(FactOutSchema) }),
      handler: async ({ caller, query: { entity }, request, reason }) => {
        const columns = readable(entity.slice(0, entity.indexOf(':')), caller);
        const held = await log.factsAbout(caller.org, caller.site, entity);
        await db.inOrgClient(scopeOf(caller, request, reason), (client) =>
          client.query('select audit.note_reads($1, $2, $3)', [
            columns.entity.table,
            [entity.slice(entity.indexOf(':') + 1)],
            JSON.stringify({ facts: held.length }),
          ]),
        );
        return {
          items: held.map(({ id, type, v, at, hlc, station, position, session, by, about, replaces, content }) => {
            const fact = {
              id,
              type,
              v,
              at,
              hlc,
              station,
              position,
              session,
              by,
              about: [...about],
              replaces: [...replaces],
            };
            return content === undefined ? fact : { ...fact, body: content as never };
          }),
        };
      },
    }),
  ];
}

function plain(entity: EntityOut): z.input<typeof EntityOutSchema> {
  return entity as { [K in keyof EntityOut]: EntityOut[K] } & { fields: { [name: string]: Json } } as never;
}
