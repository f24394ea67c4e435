/** REST reads, derived from the declarations: lists, single rows, and the facts behind them. */
import { z } from 'zod';
import { EntityRefSchema } from '#domain/kernel/fact.ts';
import type { Json } from '#domain/kernel/json.ts';
import { recordActions } from '#domain/modules.ts';
import type { Database } from '../db/database.ts';
import type { Caller } from '../http/auth.ts';
import { Problem, problemOf } from '../http/problem.ts';
import { type Permit, type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { CenterLog } from '../intake/port.ts';
import type { CallbackIndex } from '../keys/callback-index.ts';
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
  readonly callbacks: Pick<CallbackIndex, 'tagsOf'>;
}

/** The rows of a kind that the caller may read; throws where they may not. Whose rows those are is `reachOf`. */
function readable(kind: string, caller: Caller, permit: Permit): EntityColumns {
  const columns = columnsOf(kind);
  const actions = recordActions(kind);
  if (!columns || !actions)
    throw new Problem(404, 'kind.unknown', `There is no kind of that name; there are ${KINDS.join(', ')}.`, {
      field: 'kind',
    });
  if (caller.kind === 'user') permit(actions.read, {});
  else if (!columns.entity.stationHeld) throw new Problem(403, 'read.refused', 'Stations do not hold this.');
  return columns;
}

/** Of the rows of a kind, those within the caller's reach: SQL after `and`, and its values, numbered from `first`. */
function reachOf(columns: EntityColumns, caller: Caller, first: number): { sql: string; values: readonly string[] } {
  const values: string[] = [];
  const put = (value: string): string => `$${first + values.push(value) - 1}`;
  let sql = caller.site === null ? '' : ` and site = ${put(caller.site)}`;
  if (caller.kind === 'user' && caller.agency !== null && columns.entity.reach === 'agency') {
    sql += ` and body ->> 'unit' in (select u.id from cad.roster_unit u where u.org = $1 and u.body ->> 'agency' = ${put(caller.agency)})`;
  }
  return { sql, values };
}

export function entityRoutes({ db, keys, log, callbacks }: EntityPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/entities/{kind}',
      title: 'Rows of a kind, a page at a time; filter[column]=value, sort=column or sort=-column',
      access: 'any',
      action: 'by record',
      params: z.strictObject({ kind: z.string().max(64) }),
      query: ListQuerySchema,
      output: z.object({ items: z.array(EntityOutSchema), next: z.string().nullable() }),
      handler: async ({ caller, params, query, request, reason, permit }) => {
        const columns = readable(params.kind, caller, permit);
        const plan = planList(columns, query);
        if (!plan.ok) throw problemOf(plan.refusal);
        const { where, values, order, sortColumn, limit } = plan.value;
        return db.inOrgClient(scopeOf(caller, request, reason), async (client) => {
          const reach = reachOf(columns, caller, values.length + 2);
          const { rows } = await client.query<Row>(
            `select * from ${columns.table} where ${where}${reach.sql} order by ${order} limit ${limit + 1}`,
            [caller.org, ...values, ...reach.values],
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
      method: 'POST',
      path: '/v1/entities/incident/search',
      title: 'Incidents by the number to call back, the newest first; it is noted who read them',
      access: 'any',
      action: 'by record',
      // A number names a person: it is not to be in an address that something on the way may write down.
      body: z.strictObject({ callback: z.string().min(3).max(64), limit: z.int().min(1).max(100).default(50) }),
      output: z.object({ items: z.array(EntityOutSchema) }),
      handler: async ({ caller, body: { callback, limit }, request, reason, permit }) => {
        const columns = readable('incident', caller, permit);
        const tags = await callbacks.tagsOf(caller.org, callback);
        if (tags.length === 0) {
          throw new Problem(400, 'field.invalid', 'callback must have three digits at least.', { field: 'callback' });
        }
        return db.inOrgClient(scopeOf(caller, request, reason), async (client) => {
          const reach = reachOf(columns, caller, 3);
          const { rows } = await client.query<Row>(
            `select * from ${columns.table} where org = $1${reach.sql}
               and id in (select x.incident from cad.callback_index x where x.org = $1 and x.tag = any ($2))
             order by answered_at desc nulls last, id desc limit ${limit}`,
            [caller.org, tags, ...reach.values],
          );
          return { items: (await showRows(client, keys, caller.org, columns, rows, true)).map(plain) };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/v1/entities/{kind}/{id}',
      title: 'One row, what is sealed in it opened; it is noted who read it',
      access: 'any',
      action: 'by record',
      params: z.strictObject({ kind: z.string().max(64), id: Id }),
      output: EntityOutSchema,
      handler: async ({ caller, params, request, reason, permit }) => {
        const columns = readable(params.kind, caller, permit);
        return db.inOrgClient(scopeOf(caller, request, reason), async (client) => {
          const reach = reachOf(columns, caller, 3);
          const { rows } = await client.query<Row>(
            `select * from ${columns.table} where org = $1 and id = $2${reach.sql}`,
            [caller.org, params.id, ...reach.values],
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
      action: 'by record',
      query: z.strictObject({ entity: EntityRefSchema }),
      output: z.object({ items: z.array(FactOutSchema) }),
      handler: async ({ caller, query: { entity }, request, reason, permit }) => {
        const columns = readable(entity.slice(0, entity.indexOf(':')), caller, permit);
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
