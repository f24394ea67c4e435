import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { newEntity, opening, pushOf } from '../../server/kernel/intake/testing/station.ts';
import { takeCall } from '../../server/modules/cad/handoff/testing/floor.ts';
import { DEMO_ORG } from '../../server/modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../server/testing/center.ts';
import { asMigrator } from '../../server/testing/postgres.ts';
import { operatorOf } from '../center-api/operator.ts';
import { type Ended, ranToItsEnd } from '../testing/command-run.ts';
import { takeRecordsOut } from './records.ts';

/** More than fit an answer. */
const CALLS = 430;

vi.setConfig({ testTimeout: 60_000 });

let center: TestCenter;
let folder: string;
let transported: string;
beforeAll(async () => {
  center = await testCenter();
  folder = await mkdtemp(join(tmpdir(), 'qd-records-'));
  const station = await center.enrol('Console A');
  const call = takeCall(station, '26-000777');
  call.send('m36', Date.now());
  call.status('m36', 'available', Date.now(), { commitments: [] });
  transported = call.id;
  expect((await station.push(pushOf(...call.made))).body.problems).toEqual([]);
  for (let n = 0; n < CALLS; ) {
    const made = Array.from({ length: Math.min(100, CALLS - n) }, () => station.append(opening(newEntity('incident'))));
    expect((await station.push(pushOf(...made))).body.problems).toEqual([]);
    n += made.length;
  }
  await vi.waitUntil(async () => (await reports()).length > 0, 20_000);
}, 60_000);
afterAll(async () => {
  await center?.close();
  await rm(folder, { recursive: true, force: true });
});

const reports = () =>
  asMigrator(center, async (client) => (await client.query('select id from documents.report')).rows);
const records = (to: string, ...more: readonly string[]): Promise<Ended> =>
  ranToItsEnd(fileURLToPath(new URL('main.ts', import.meta.url)), [
    ...['records', DEMO_ORG, '--center', center.url, '--data', center.dataDir],
    ...['--to', to, '--reason', 'to Harbor County, whose contract ended', ...more],
  ]);
const linesOf = (to: string, file: string): { readonly id: string; readonly [field: string]: unknown }[] =>
  readFileSync(join(to, file), 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

async function move(state: string): Promise<void> {
  const { ask } = await operatorOf(center.url, center.dataDir);
  await ask(`/${DEMO_ORG}/state`, z.looseObject({}), { body: { state, reason: 'asked for' } });
}

it('is refused while the people of the organisation can take out what is theirs', async () => {
  const refused = await records(join(folder, 'active'));
  expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('While it is ACTIVE, its own people') });
});

it('takes out what an administrator read of it before, in the same form, and its documents', async () => {
  const page = await center.call<{ items: { id: string }[] }>(
    'GET',
    `/v1/entities/incident?sealed=open&limit=500&filter[number]=26-000777`,
    undefined,
    center.adminToken,
  );
  const [shown] = page.body.items;
  await move('SUSPENDED');
  const to = join(folder, 'whole');
  const ended = await records(to);
  expect(ended).toMatchObject({ code: 0, err: expect.stringContaining(`incident: ${CALLS + 1}\n`) });
  const incidents = linesOf(to, 'incident.ndjson');
  expect(new Set(incidents.map(({ id }) => id)).size).toBe(CALLS + 1);
  expect(incidents.find(({ id }) => id === transported)).toEqual(shown);
  expect(linesOf(to, 'roster_unit.ndjson').length).toBeGreaterThan(10);
  const opened = linesOf(to, 'facts.ndjson').filter(({ type }) => type === 'incident.opened');
  expect(opened).toHaveLength(CALLS + 1);
  expect(opened[0]).toMatchObject({ body: { caller: 'Ada Caller' } });
  const [pdf = ''] = readdirSync(join(to, 'documents'));
  expect(
    readFileSync(join(to, 'documents', pdf))
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
  // What is in clear there is its owner's alone.
  expect(statSync(join(to, 'incident.ndjson')).mode & 0o077).toBe(0);
  expect(statSync(to).mode & 0o077).toBe(0);
  expect(await records(to)).toMatchObject({ code: 2, err: expect.stringContaining('already, whole') });
});

it('stands in the audit, with its reason and each row about a patient that was read', async () => {
  const { rows } = await asMigrator(center, (client) =>
    client.query(
      `select op, reason, after ->> 'act' as act from audit.entry
       where actor = 'operator' and (row_id = $1 or after ->> 'act' = 'records handed over') order by id`,
      [transported],
    ),
  );
  const reason = 'to Harbor County, whose contract ended';
  expect(rows).toEqual([
    { op: 'read', reason, act: 'records handed over' },
    { op: 'read', reason, act: null },
  ]);
});

it('goes on where it was broken off, and writes no row twice', async () => {
  const to = join(folder, 'broken');
  const operator = await operatorOf(center.url, center.dataDir);
  let pages = 0;
  const cut: typeof operator.ask = (path, ...more) => {
    if (path.includes('/records/incident') && ++pages > 2) throw new Error('the line went away');
    return operator.ask(path, ...more);
  };
  const asked = { org: DEMO_ORG, center: center.url, to, reason: 'asked for' };
  await expect(takeRecordsOut({ ...operator, ask: cut }, asked, () => undefined)).rejects.toThrow('went away');
  // Half a page, of a machine that lost its power before the place was noted.
  const half = join(to, 'incident.ndjson');
  writeFileSync(half, `${readFileSync(half, 'utf8')}{"kind":"inci`);
  expect(await records(to)).toMatchObject({ code: 0 });
  expect(linesOf(to, 'incident.ndjson')).toEqual(linesOf(join(folder, 'whole'), 'incident.ndjson'));
});

it('says which rows the keys at this center do not open, and is not whole without them', async () => {
  await asMigrator(center, async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query(`update keys.entity set under = 'another' where entity = $1`, [`incident:${transported}`]);
  });
  const to = join(folder, 'closed');
  expect(await records(to)).toMatchObject({ code: 1, out: expect.stringContaining('rows could not be opened') });
  const { unopened } = JSON.parse(readFileSync(join(to, 'records.json'), 'utf8'));
  expect(unopened).toEqual([`incident:${transported}`, expect.stringMatching(/^document:/)]);
});

it('takes no folder that holds something else', async () => {
  writeFileSync(join(folder, 'letter.txt'), 'Dear county');
  expect(await records(folder)).toMatchObject({ code: 2, err: expect.stringContaining('is not empty') });
});
