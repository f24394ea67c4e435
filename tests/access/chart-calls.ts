/** The calls about patient charts: nobody's, of the caller, and of another. */
import { randomUUID } from 'node:crypto';
import { cursorAfter } from '../../server/kernel/db/cursor.ts';
import { type Call, get, list } from './call.ts';
import type { AccessWorld, Target } from './world.ts';

/** A chart of the target's, of its unit's call: nobody's, or somebody's. */
async function chart(target: Target, { sql }: AccessWorld, author: string | null): Promise<string> {
  const id = `x-${randomUUID()}`;
  await sql(
    `insert into epcr.chart (org, site, id, version, body, updated_at)
     select org, site, $3, 1, body || $4::jsonb, updated_at from epcr.chart where org = $1 and id = $2`,
    [target.org, target.chart, id, JSON.stringify(author === null ? {} : { author })],
  );
  return id;
}

/** Where the page of a list begins that has this chart first, however many there are. */
async function pageOf(id: string, { sql }: AccessWorld): Promise<string> {
  const [at] = await sql(
    'select r.left_scene from epcr.chart c join cad.run r on r.org = c.org and r.id = c.run where c.id = $1',
    [id],
  );
  return cursorAfter(Number(at?.left_scene), `${id}~`);
}

const personOf = (target: Target, as: string): string => `p-${target.org}-${as}`;
const charts =
  (author: (target: Target, as: string) => string): Call =>
  async (target, world, as) => {
    const shows = await chart(target, world, author(target, as));
    return { path: '/v1/entities/chart?limit=500&sort=-updatedAt', shows };
  };
const oneChart =
  (author: (target: Target, as: string) => string): Call =>
  async (target, world, as) => {
    const shows = await chart(target, world, author(target, as));
    return { path: `/v1/entities/chart/${shows}`, shows };
  };

export const CHART_CALLS: { readonly [call: string]: Call } = {
  'GET /v1/entities/{kind}#chart': list('chart', (at) => at.chart),
  'GET /v1/entities/{kind}#chart of the caller': charts(personOf),
  'GET /v1/entities/{kind}#chart of another': charts((target) => target.person),
  'GET /v1/entities/{kind}/{id}#chart of the caller': oneChart(personOf),
  'GET /v1/entities/{kind}/{id}#chart of another': oneChart((target) => target.person),
  'GET /v1/charts': get(
    () => '/v1/charts?whose=unclaimed&limit=500',
    (at) => at.chart,
  ),
  'GET /v1/charts#of the caller': async (target, world, as) => {
    const shows = await chart(target, world, personOf(target, as));
    return { path: '/v1/charts?whose=mine&limit=500', shows };
  },
  'GET /v1/charts#of another': async (target, world) => {
    const shows = await chart(target, world, target.person);
    return { path: `/v1/charts?limit=1&after=${await pageOf(shows, world)}`, shows };
  },
  'GET /v1/charts/{chart}/crew': get(
    (at) => `/v1/charts/${at.chart}/crew`,
    () => 'provider-north',
  ),
  'POST /v1/charts/{chart}/claim': async (target, world) => ({
    path: `/v1/charts/${await chart(target, world, null)}/claim`,
  }),
  'POST /v1/charts/{chart}/claim#chart of another': async (target, world) => ({
    path: `/v1/charts/${await chart(target, world, target.person)}/claim`,
  }),
  'POST /v1/charts/{chart}/author': async (target, world) => ({
    path: `/v1/charts/${await chart(target, world, target.person)}/author`,
    body: { author: null, reason: 'the crew changed' },
  }),
  'GET /v1/entities/{kind}/{id}#chart': get(
    (at) => `/v1/entities/chart/${at.chart}`,
    (at) => at.chart,
  ),
};
