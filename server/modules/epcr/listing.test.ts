import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChartOut } from '#domain/epcr/api.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { columnsOf, type EntityColumns } from '../../kernel/entities/columns.ts';
import { person } from '../../kernel/identity/testing/identity.ts';
import { derivedId } from '../cad/handoff/derive.ts';
import { type Floor, floor, later, ORG, takeCall } from '../cad/handoff/testing/floor.ts';
import { workOff } from '../cad/handoff/worker.ts';
import { changeAuthor } from './author.ts';
import { crewFor, listCharts } from './listing.ts';

const CHART = columnsOf('chart') as EntityColumns;
const EVERYBODY = { site: null, agency: null, own: null };

let at: Floor;
let pam: string;
let pete: string;
/** Charts by the minute at which their unit left the scene, the last first. */
const charts: string[] = [];
/** The assignment of each. */
const runs: EntityRef[] = [];

beforeAll(async () => {
  at = await floor();
  pam = await person(at.world, ORG, 'pam', ['provider'], at.site);
  pete = await person(at.world, ORG, 'pete', ['provider'], at.site);
  for (const minute of [30, 40, 50]) {
    const call = takeCall(at.station, `26-005${minute}`);
    call.send('m36', later(40));
    call.status('m36', 'transporting', later(minute * 60), { destination: { name: 'Mercy' } });
    call.status('m36', 'available', later(4_000), { commitments: [] });
    await at.push(...call.made);
    charts.unshift(derivedId(call.run('m36'), 'chart'));
    runs.unshift(call.run('m36'));
  }
  await workOff(at.ports);
});
afterAll(() => at.world.close());

const list = async (
  more: Partial<Parameters<typeof listCharts>[4]> = {},
  reach: Parameters<typeof listCharts>[3] = EVERYBODY,
  actor = 'lena',
): Promise<{ readonly charts: readonly ChartOut[]; readonly next: string | null }> => {
  const query = { whose: 'all' as const, limit: 100, ...more };
  const listed = await listCharts(at.world.database.db, { org: ORG, actor }, CHART, reach, query);
  if (!listed.ok) throw new Error(listed.refusal.message);
  return listed.value;
};
const idsOf = async (...asked: Parameters<typeof list>): Promise<string[]> =>
  (await list(...asked)).charts.map(({ chart }) => chart);
const give = async (chart: string, author: string | null): Promise<void> => {
  const change = { chart, author, as: 'assignment' as const, mustBeAllowed: () => undefined };
  expect(
    await changeAuthor({ log: at.world.log }, { org: ORG, actor: 'lena', reason: 'a test' }, change),
  ).toMatchObject({
    ok: true,
  });
};

describe('a list of charts', () => {
  it('says of which call each is and whose, those transported last first, and notes nobody as a reader of patients', async () => {
    await give(charts[1] as string, pam);
    const { charts: listed } = await list();
    expect(listed.map(({ chart }) => chart)).toEqual(charts);
    expect(listed[1]).toEqual({
      chart: charts[1],
      version: 2,
      run: derivedId(runs[1] as EntityRef, 'run'),
      trip: derivedId(runs[1] as EntityRef, 'trip'),
      report: derivedId(`incident:${listed[1]?.incident}`, 'report'),
      incident: expect.any(String),
      number: '26-00540',
      site: at.site,
      psap: 'Harbor County 911',
      timeZone: 'America/Los_Angeles',
      callsign: 'M36',
      agency: null,
      patient: 1,
      patients: 1,
      leftScene: later(40 * 60),
      destination: 'Mercy',
      state: 'open',
      author: { person: pam, name: 'Name of pam' },
    });
    const trips = await at.rows<{ id: string }>('select id from billing.trip');
    expect(trips.map(({ id }) => id)).toContain(listed[1]?.trip);
    const [{ n } = { n: -1 }] = await at.rows<{ n: number }>(
      `select count(*)::int as n from audit.entry where op = 'read' and tbl = 'epcr.chart'`,
    );
    expect(n).toBe(0);
  });

  it('is of nobody’s alone, of one’s own alone, or of all; a signed chart waits for nobody', async () => {
    await give(charts[1] as string, pam);
    expect(await idsOf({ whose: 'unclaimed' })).toEqual([charts[0], charts[2]]);
    expect(await idsOf({ whose: 'mine' }, EVERYBODY, pam)).toEqual([charts[1]]);
    expect(await idsOf({ whose: 'mine' }, EVERYBODY, pete)).toEqual([]);
    const held = await at.world.log.intake(ORG, (tx) => tx.record('chart', charts[0] as string));
    if (!held?.body) throw new Error('there is no chart');
    const put = (version: number, state: string): Promise<void> =>
      at.world.log.intake(ORG, (tx) =>
        tx.putRecord(at.site, { ...held, version: held.version + version, body: { ...held.body, state } }),
      );
    await put(1, 'signed');
    expect(await idsOf({ whose: 'unclaimed' })).toEqual([charts[2]]);
    await put(2, 'open');
  });

  it('ends at one’s reach: another’s is not in it, nor what is beyond the site or the agency', async () => {
    await give(charts[1] as string, pam);
    const own = (of: string) => ({ site: at.site, agency: null, own: of });
    expect(await idsOf({}, own(pam), pam)).toEqual(charts);
    expect(await idsOf({}, own(pete), pete)).toEqual([charts[0], charts[2]]);
    expect(await idsOf({ chart: charts[1] as string }, own(pam), pam)).toEqual([charts[1]]);
    expect(await idsOf({ chart: charts[1] as string }, own(pete), pete)).toEqual([]);
    expect(await idsOf({}, { site: 'another', agency: null, own: null })).toEqual([]);
    expect(await idsOf({}, { site: at.site, agency: 'fire', own: null })).toEqual([]);
  });

  it('goes page by page, each once, and takes no page that it never said', async () => {
    const first = await list({ limit: 2 });
    expect(first.charts.map(({ chart }) => chart)).toEqual(charts.slice(0, 2));
    const second = await list({ limit: 2, after: first.next ?? '' });
    expect(second).toMatchObject({ charts: [{ chart: charts[2] }], next: null });
    const strange = [
      ['abc', 'x'],
      [1e300, 'x'],
      [1.5, 'x'],
    ].map((last) => JSON.stringify(last));
    for (const after of ['nonsense', ...strange.map((text) => Buffer.from(text).toString('base64url'))])
      await expect(list({ after })).rejects.toThrow('after must be what the page before said.');
  });
});

describe('whom a chart can be given to', () => {
  it('are the active crew of its site and agency, by name', async () => {
    const roles: readonly (readonly [string, Role])[] = [
      ['nils', 'flight_nurse'],
      ['sue', 'supervisor'],
      ['far', 'provider'],
      ['fire', 'provider'],
      ['gone', 'provider'],
    ];
    for (const [login, role] of roles) await person(at.world, ORG, login, [role], at.site);
    await at.rows(`insert into kernel.site (org, site, name, created_at) values ($1, 'another', 'Another', 1)`, [ORG]);
    await at.rows(`update identity.person set site = 'another' where login = 'far'`);
    await at.rows(`update identity.person set agency = 'fire' where login = 'fire'`);
    await at.rows(`update identity.person set active = false where login = 'gone'`);
    const asked: object[] = [];
    const found = await crewFor(at.world.database.db, { org: ORG }, charts[0] as string, (of) => asked.push(of));
    expect(asked).toEqual([{ site: at.site, agency: null }]);
    if (!found.ok) throw new Error(found.refusal.message);
    expect(found.value.crew.map(({ name }) => name)).toEqual(['Name of nils', 'Name of pam', 'Name of pete']);
    // Each of them may have it, and nobody else.
    for (const { person: of } of found.value.crew) await give(charts[0] as string, of);
    await give(charts[0] as string, null);
  });

  it('is nobody of a chart that is not there', async () => {
    const found = await crewFor(at.world.database.db, { org: ORG }, 'none', () => undefined);
    expect(found).toMatchObject({ ok: false, refusal: { code: 'chart.unknown' } });
  });
});
