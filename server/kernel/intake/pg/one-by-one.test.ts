import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { type TestDatabase, testDatabase } from '../../../testing/postgres.ts';
import { readingOf } from '../reading.ts';
import { random } from '../testing/station.ts';
import { envelopesOf } from './frames.ts';
import { emptyMemory } from './memory.ts';
import { stepEntities } from './step-entities.ts';
import { heldKeys } from './step-keys.ts';

const ORG = 'many';
const HELD = 3_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: { readonly 'Shared Hit Blocks': number } }];
}

/** Pages that a statement of this name reads for two entities of many, planned when there were none. */
async function pagesFor(client: pg.ClientBase, statement: string): Promise<number> {
  const { rows } = await client.query<Explained>(
    `explain (analyze, buffers, format json) execute "${statement}" ('${ORG}', '{incident:7,incident:8}')`,
  );
  return rows[0]?.['QUERY PLAN'][0].Plan['Shared Hit Blocks'] ?? Number.NaN;
}

it('looks up what is named, however much there is, by a plan that was made when there was nothing', async () => {
  const refs: readonly EntityRef[] = ['incident:7', 'incident:8'];
  const memory = emptyMemory('', '');
  await database.db.inOrgClient({ org: ORG }, async (client) => {
    await client.query('set local plan_cache_mode = force_generic_plan');
    await envelopesOf(client, ORG, refs);
    const tools = { keys: database.keys, random, reading: readingOf() };
    const keys = heldKeys(client, ORG, memory.envelopes, tools);
    await stepEntities(client, ORG, memory, keys, tools).folded(refs);
    await client.query(
      `insert into keys.entity (org, id, entity, site, under, wrapped)
       select $1, 'incident:' || n, 'incident:' || n, 's', 'u', 'w' from generate_series(1, $2) n`,
      [ORG, HELD],
    );
    await client.query(
      `insert into kernel.entity (org, ref, kind, open, touched_at, count, fold_version, key, folded)
       select $1, 'incident:' || n, 'incident', false, 1, 1, 1, 'k', decode(repeat('00', 1000), 'hex') from generate_series(1, $2) n`,
      [ORG, HELD],
    );
    expect(await pagesFor(client, 'keys.by_id')).toBeLessThan(20);
    expect(await pagesFor(client, 'entity.get')).toBeLessThan(30);
  });
});
