import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEMO_ORG } from '../../modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';

let center: TestCenter;
beforeAll(async () => {
  center = await testCenter();
});
afterAll(() => center?.close());

it('a list of what is about patients is noted row by row, also where nothing in its rows is sealed', async () => {
  const db = await center.application();
  const rows = (text: string, values: unknown[]) =>
    db.inOrgClient({ org: DEMO_ORG }, async (client) => (await client.query(text, values)).rows);
  const site = (await rows('select site from kernel.site limit 1', []))[0]?.site;
  for (const [table, id] of [
    ['epcr.chart', 'chart-1'],
    ['epcr.chart', 'chart-2'],
    ['billing.trip', 'trip-1'],
  ])
    await rows(`insert into ${table} (org, site, id, version, body, updated_at) values ($1, $2, $3, 1, '{}', 5)`, [
      DEMO_ORG,
      site,
      id,
    ]);
  const list = (kind: string) => center.call('GET', `/v1/entities/${kind}?limit=1`, undefined, center.adminToken);
  expect((await list('chart')).body).toMatchObject({ items: [{ id: 'chart-1' }] });
  expect((await list('trip')).body).toMatchObject({ items: [{ id: 'trip-1' }] });
  expect((await list('incident')).status).toBe(200);
  const noted = await rows(
    `select tbl, row_id from audit.entry where op = 'read' and tbl in ('epcr.chart', 'billing.trip', 'cad.incident')`,
    [],
  );
  expect(noted).toEqual([{ tbl: 'epcr.chart', row_id: 'chart-1' }]);
  await db.close();
});
