import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import { whoAsk } from './asking.ts';
import { openDesk } from './desk.ts';
import { keptOf } from './kept.ts';

const ORG = 'many';
/** So many that reading all seems to cost less than looking for each, as long as nobody has counted them. */
const FEW = 500;
const HELD = 3_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Shared Hit Blocks': number } }];
}

async function pagesFor(client: pg.ClientBase, execution: string): Promise<number> {
  const { rows } = await client.query<Explained>(`explain (analyze, buffers, format json) execute ${execution}`);
  return rows[0]?.['QUERY PLAN'][0].Plan['Shared Hit Blocks'] ?? Number.NaN;
}

async function fill(client: pg.ClientBase, from: number, to: number): Promise<void> {
  await client.query(
    `insert into requests.request (org, id, site, kind, made_at, decided_at, input, state, decision)
     select $1, n::text, 's', 'record.put', 1, 1, 'i', 'accepted', '{}' from generate_series($2::int, $3::int) n`,
    [ORG, from, to],
  );
  await client.query(
    `insert into cad.disposition (org, id, site, updated_at, version, body)
     select $1, n::text, 's', 1, 1, jsonb_build_object('code', n) from generate_series($2::int, $3::int) n`,
    [ORG, from, to],
  );
  await client.query(
    `insert into kernel.standing (org, session, user_id, roles, valid_from)
     select $1, 's' || n, 'u' || n, '{}', 1 from generate_series($2::int, $3::int) n`,
    [ORG, from, to],
  );
}

it('looks up what a request names, however much was asked before, by a plan that was made when there was less', async () => {
  const caller = { kind: 'user', org: ORG, site: 's', user: 'u7', session: 's7' } as never;
  await database.db.inOrgClient({ org: ORG }, (client) => fill(client, 1, FEW));
  await database.db.inOrgClient({ org: ORG }, async (client) => {
    await client.query('set local plan_cache_mode = force_generic_plan');
    await keptOf(client, ['7', '8']);
    await openDesk(client, [{ kind: 'disposition', id: '7', body: null }]);
    await whoAsk(client, [{ caller, input: { session: 's7' } as never }]);
    await fill(client, FEW + 1, HELD);
    expect(await pagesFor(client, `"request.kept" ('{7,8}')`)).toBeLessThan(20);
    expect(await pagesFor(client, `"desk.disposition" ('{7,8}')`)).toBeLessThan(20);
    expect(await pagesFor(client, `"asking.people" ('{u7}', '{s7,s8}')`)).toBeLessThan(30);
    expect((await keptOf(client, ['7', 'none', '8'])).size).toBe(2);
  });
});
