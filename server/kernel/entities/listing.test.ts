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

it('what no column holds is refused, in a filter and as the end of a page, not asked of the database', async () => {
  const asked = async (kind: string, query: string) => {
    const path = `/v1/entities/${kind}?${query}`;
    const { status, body } = await center.call('GET', path, undefined, center.adminToken);
    return [status, body.code, body.field];
  };
  const after = (...last: unknown[]): string => `after=${Buffer.from(JSON.stringify(last)).toString('base64url')}`;
  const refused = [400, 'field.invalid', 'after'];
  for (const at of ['abc', 1e300, 1.5])
    expect(await asked('incident', `sort=answeredAt&${after(at, 'x')}`)).toEqual(refused);
  expect(await asked('chart', `sort=version&${after(2 ** 31, 'x')}`)).toEqual(refused);
  expect(await asked('incident', `sort=number&${after(5, 'x')}`)).toEqual(refused);
  expect(await asked('incident', `sort=answeredAt&${after(null, 'x')}`)).toEqual([200, undefined, undefined]);
  expect(await asked('incident', `sort=-answeredAt&${after(5, 'x')}`)).toEqual([200, undefined, undefined]);
  const filter = [400, 'field.invalid', 'filter[version]'];
  expect(await asked('chart', 'filter[version]=99999999999')).toEqual(filter);
});
