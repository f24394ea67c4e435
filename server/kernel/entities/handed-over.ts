/** The records of an organisation as the operator of the center takes them out: a page at a time, in the form of the API. */

import type pg from 'pg';
import { z } from 'zod';
import type { Fact } from '#domain/kernel/fact.ts';
import { cursorAfter, readCursor } from '../db/cursor.ts';
import type { Scope } from '../db/database.ts';
import { Problem } from '../http/problem.ts';
import { JsonText, type Route, route } from '../http/route.ts';
import { type FrameRow, factsOf } from '../intake/pg/frames.ts';
import { heldKeys, type KeyTools } from '../intake/pg/step-keys.ts';
import { openedKey } from '../keys/opened-key.ts';
import { handingOver } from '../organisation/handing-over.ts';
import { columnsOf, type EntityColumns, KINDS } from './columns.ts';
import { EntityOutSchema, FactOutSchema, factOut, unknownKind } from './out.ts';
import type { Row } from './read.ts';
import type { EntityPorts } from './routes.ts';
import { rowsWhere } from './rows-where.ts';

/** Rows and facts of one answer. */
const PAGE = 200;
/** The site of the last fact, and its number there. */
const FACT = z.tuple([z.string(), z.int().nonnegative()]);
const EVERYWHERE = { site: null, agency: null, own: null };

const Org = z.string().min(1).max(64);
const After = z.strictObject({ after: z.string().max(512).optional() });

type Ports = Pick<EntityPorts, 'db' | 'keys'> & KeyTools;

export function handedOverRoutes({ db, keys, random }: Ports): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/v1/operator/organisations/{org}/records',
      title: 'Begins to hand over the records of an organisation: what kinds there are, and how many of each',
      access: 'operator',
      params: z.strictObject({ org: Org }),
      output: z.strictObject({
        kinds: z.array(z.strictObject({ kind: z.string(), rows: z.int() })),
        facts: z.int(),
      }),
      handler: async ({ params, request, reason }) => {
        const scope = await handingOver(db, params.org, request, reason);
        return db.inOrgClient(scope, async (client) => {
          const kinds = [];
          for (const kind of KINDS) kinds.push({ kind, rows: await rowsOf(client, scope.org, columnsFor(kind).table) });
          const facts = await rowsOf(client, scope.org, 'kernel.fact');
          await client.query('select audit.note_act($1, $2, $3, $4)', [
            'read',
            'kernel.organisation',
            scope.org,
            JSON.stringify({ act: 'records handed over', facts }),
          ]);
          return { kinds, facts };
        });
      },
    }),
    route({
      method: 'GET',
      path: '/v1/operator/organisations/{org}/records/{kind}',
      title:
        'Rows of a kind in the order of their ids, what is sealed in them opened; it is noted that the operator read them',
      access: 'operator',
      budget: 'read',
      params: z.strictObject({ org: Org, kind: z.string().max(64) }),
      query: After,
      output: z.object({
        items: z.array(EntityOutSchema),
        /** Ids of those whose key is not at this center: what is sealed in them stays closed. What was erased is none of them. */
        unopened: z.array(z.string()),
        next: z.string().nullable(),
      }),
      handler: async ({ params: { org, kind }, query: { after }, request, reason }) => {
        const columns = columnsFor(kind);
        const scope = await handingOver(db, org, request, reason);
        const [id] = after === undefined ? [''] : cursor(after, z.tuple([z.string()]));
        const page = { where: 'org = $1 and id > $2', values: [id], order: 'id', most: PAGE, open: true };
        const { items, rows } = await rowsWhere({ db, keys }, scope, columns, EVERYWHERE, page);
        const shown = rows.slice(0, PAGE);
        const unopened: string[] = [];
        for (const row of shown) if (!(await opens(org, row))) unopened.push(row.id);
        const next = rows.length > PAGE ? cursorAfter(shown.at(-1)?.id ?? null) : null;
        return new JsonText(
          `{"items":[${items.join()}],"unopened":${JSON.stringify(unopened)},"next":${JSON.stringify(next)}}`,
        );
      },
    }),
    route({
      method: 'GET',
      path: '/v1/operator/organisations/{org}/facts',
      title:
        'Facts of all its sites, in the order in which the center took them in, opened; it is noted that the operator read them',
      access: 'operator',
      budget: 'read',
      params: z.strictObject({ org: Org }),
      query: After,
      output: z.object({ items: z.array(FactOutSchema), next: z.string().nullable() }),
      handler: async ({ params: { org }, query: { after }, request, reason }) => {
        const scope = await handingOver(db, org, request, reason);
        const [site, n] = after === undefined ? (['', 0] as const) : cursor(after, FACT);
        const { facts, last, more } = await factsAfter(scope, site, n);
        return { items: facts.map(factOut), next: more && last ? cursorAfter(last.site, last.n) : null };
      },
    }),
  ];

  async function opens(org: string, { envelope }: Row): Promise<boolean> {
    if (!envelope) return true;
    const under = await keys.siteKey(org, envelope.site, envelope.under);
    return under !== null && openedKey(under, envelope) !== null;
  }

  async function factsAfter(scope: Scope, site: string, n: number) {
    return db.inOrgClient(scope, async (client) => {
      const { rows } = await client.query<FrameRow & { readonly site: string; readonly n: number }>(
        `select site, n, h, s, k, b from kernel.fact where org = $1 and (site, n) > ($2, $3) order by site, n limit $4`,
        [scope.org, site, n, PAGE + 1],
      );
      const read = rows.slice(0, PAGE);
      const held = heldKeys(client, scope.org, new Map(), { keys, random });
      const envelopes = await held.byId(read.flatMap(({ k }) => (k === null ? [] : [k])));
      const facts: readonly Fact[] = await factsOf(read, envelopes, held.siteKey);
      const last = read.at(-1);
      if (last)
        await client.query('select audit.note_act($1, $2, $3, $4)', [
          'read',
          'kernel.fact',
          null,
          JSON.stringify({ from: [read[0]?.site, read[0]?.n], to: [last.site, last.n], facts: read.length }),
        ]);
      return { facts, last, more: rows.length > PAGE };
    });
  }
}

/** Throws Problem `kind.unknown`. */
function columnsFor(kind: string): EntityColumns {
  const columns = columnsOf(kind);
  if (columns) return columns;
  throw unknownKind();
}

/** Throws Problem `field.invalid`. */
function cursor<S extends z.ZodType>(after: string, form: S): z.output<S> {
  const read = readCursor(after, form);
  if (read !== null) return read;
  throw new Problem(400, 'field.invalid', 'after must be what the page before said.', { field: 'after' });
}

async function rowsOf(client: pg.ClientBase, org: string, table: string): Promise<number> {
  const { rows } = await client.query<{ n: number }>(`select count(*) as n from ${table} where org = $1`, [org]);
  return rows[0]?.n ?? 0;
}
