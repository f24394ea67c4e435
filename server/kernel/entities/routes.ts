/** REST reads, derived from the declarations: lists, single rows, and the facts behind them. */
import { z } from 'zod';
import { EntityRefSchema } from '#domain/kernel/fact.ts';
import { recordActions } from '#domain/modules.ts';
import { cursorAfter } from '../db/cursor.ts';
import type { Database } from '../db/database.ts';
import type { Caller } from '../http/auth.ts';
import { Problem, problemOf } from '../http/problem.ts';
import { JsonText, type Permit, type Route, route } from '../http/route.ts';
import { scopeOf } from '../http/scope.ts';
import type { CenterLog } from '../intake/port.ts';
import type { CallbackIndex } from '../keys/callback-index.ts';
import type { KeyRing } from '../keys/ring.ts';
import { columnsOf, type EntityColumns } from './columns.ts';
import { EntityOutSchema, FactOutSchema, factOut, unknownKind } from './out.ts';
import { ListQuerySchema, planList } from './query.ts';
import { type Reach, reachOf } from './reach.ts';
import { showRow } from './read.ts';
import { rowsWhere } from './rows-where.ts';
import { rowReader } from './together.ts';

const Id = z
  .string()
  .min(1)
  .max(160)
  .regex(/^[\w.:-]+$/);
export interface EntityPorts {
  readonly db: Database;
  readonly keys: KeyRing;
  readonly log: CenterLog;
  readonly callbacks: Pick<CallbackIndex, 'tagsOf'>;
}

/** What of a kind the caller may read, and how far; throws where they may not. */
function readable(
  kind: string,
  caller: Caller,
  permit: Permit,
): { readonly columns: EntityColumns; readonly reach: Reach } {
  const columns = columnsOf(kind);
  const actions = recordActions(kind);
  if (!columns || !actions) throw unknownKind();
  if (caller.kind !== 'user' && !columns.entity.stationHeld) {
    throw new Problem(403, 'read.refused', 'Stations do not hold this.');
  }
  return { columns, reach: reachOf(columns, caller, permit(actions.read, {})) };
}

export function entityRoutes({ db, keys, log, callbacks }: EntityPorts): readonly Route[] {
  const readRow = rowReader(db);
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
        const { columns, reach } = readable(params.kind, caller, permit);
        const plan = planList(columns, query);
        if (!plan.ok) throw problemOf(plan.refusal);
        const { where, values, order, sortColumn, limit } = plan.value;
        const open = query.sealed === 'open';
        const { items, rows } = await rowsWhere({ db, keys }, scopeOf(caller, request, reason), columns, reach, {
          where,
          values,
          order,
          most: limit,
          open,
        });
        const last = rows.slice(0, limit).at(-1);
        const next =
          rows.length > limit && last
            ? cursorAfter((last[sortColumn] ?? null) as string | number | null, last.id)
            : null;
        return new JsonText(`{"items":[${items.join()}],"next":${JSON.stringify(next)}}`);
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
        const { columns, reach } = readable('incident', caller, permit);
        const tags = await callbacks.tagsOf(caller.org, callback);
        if (tags.length === 0) {
          throw new Problem(400, 'field.invalid', 'callback must have three digits at least.', { field: 'callback' });
        }
        const { items } = await rowsWhere({ db, keys }, scopeOf(caller, request, reason), columns, reach, {
          where:
            't.org = $1 and t.id in (select x.incident from cad.callback_index x where x.org = $1 and x.tag = any ($2::bytea[]))',
          values: [tags.map((tag) => `\\x${tag.toString('hex')}`)],
          order: 'answered_at desc nulls last, id desc',
          most: limit,
          open: true,
          by: 'callback',
        });
        return new JsonText(`{"items":[${items.join()}]}`);
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
        const { columns, reach } = readable(params.kind, caller, permit);
        const { id } = params;
        const row = await readRow({
          columns,
          id,
          reach,
          scope: scopeOf(caller, request, reason),
        });
        if (!row) throw new Problem(404, 'entity.unknown', unknownWords(reach), { field: 'id' });
        return new JsonText(await showRow(keys, caller.org, columns, row, true));
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
        const { columns } = readable(entity.slice(0, entity.indexOf(':')), caller, permit);
        const held = await log.factsAbout(caller.org, caller.site, entity);
        await db.inFlight(scopeOf(caller, request, reason), (asking) =>
          asking.query('select audit.note_reads($1, $2, $3)', [
            columns.entity.table,
            [entity.slice(entity.indexOf(':') + 1)],
            JSON.stringify({ facts: held.length }),
          ]),
        );
        return {
          items: held.map(factOut),
        };
      },
    }),
  ];
}

/** Who sees their own alone is told the way to what is nobody's yet: a list shows it, and who claims it reads it. */
function unknownWords({ own }: Reach): string {
  const what = 'There is nothing of this kind under this id';
  return own === null ? `${what}.` : `${what} that is yours; what is nobody’s is claimed first.`;
}
