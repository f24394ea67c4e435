import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KeysOut } from '#domain/identity/api/keys.ts';
import { idOf } from '#domain/kernel/ids.ts';
import { READS } from '#domain/modules.ts';
import { type HelloOut, rosterText } from '#domain/wire/sync.ts';
import { signatureHolds } from '#sealing/signing.ts';
import { type EnrolledStation, type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';
import { createLogger } from '../log.ts';

let center: TestCenter;
let a: EnrolledStation;
const lines: string[] = [];
beforeAll(async () => {
  center = await testCenter({ log: createLogger('warn', { write: (line) => void lines.push(line) }) });
  a = await center.enrol('Console A');
});
afterAll(() => center?.close());

const shown = async (): Promise<KeysOut> =>
  (await center.call<KeysOut>('GET', '/v1/keys', undefined, center.adminToken)).body;
const rotate = async (level: string, body: object = {}): Promise<KeysOut> => {
  const answer = await center.call<KeysOut>('POST', `/v1/keys/${level}/rotate`, body, center.adminToken);
  expect(answer.status, level).toBe(200);
  return answer.body;
};
const states = ({ keys }: KeysOut, level: string): string[] =>
  keys.filter((key) => key.level === level).map(({ state }) => state);
const hello = async (keys: readonly string[]): Promise<HelloOut> => {
  const input = { wire: 1, build: 'x', reads: [...READS], cursor: null, logs: [], lanAddress: '', grants: [], keys };
  return (await center.call<HelloOut>('POST', '/v1/sync/hello', input, a.token)).body;
};
const search = async (callback: string, token = center.adminToken) =>
  center.call<{ items: { id: string; sealed: { callback: string } }[] }>(
    'POST',
    '/v1/entities/incident/search',
    { callback },
    token,
  );

it('are shown by level, with what is under which and since when, and never themselves', async () => {
  const { keys, progress } = await shown();
  expect(progress).toBeNull();
  for (const level of ['master', 'organisation', 'site', 'signing'])
    expect(states({ keys, progress }, level)).toEqual(['active']);
  const [master] = keys.filter(({ level }) => level === 'master');
  const [organisation] = keys.filter(({ level }) => level === 'organisation');
  expect(organisation?.under).toBe(master?.id);
  const wrapped = await asMigrator(center, async (client) => {
    const { rows } = await client.query<{ w: string }>(
      `select encode(wrapped, 'hex') as w from keys.organisation union all select encode(wrapped, 'hex') from keys.site`,
    );
    return rows.map(({ w }) => w);
  });
  const said = JSON.stringify(keys);
  for (const one of wrapped) {
    expect(said).not.toContain(one);
    expect(said).not.toContain(Buffer.from(one, 'hex').toString('base64url'));
  }
});

it('of secrets are none that only an older build had', async () => {
  // The first secret that is kept makes the key.
  expect((await center.call('POST', '/v1/me/totp', {}, center.adminToken)).status).toBe(200);
  const secrets = (await shown()).keys.filter(({ level }) => level === 'secrets');
  expect(secrets.map(({ state }) => state)).toEqual(['active']);
});

it('rotate at each level while the station works on, and a workstation learns the new ones', async () => {
  const incidents = [newEntity('incident'), newEntity('incident')];
  const push = async (n: number): Promise<void> => {
    const made = a.append(opening(incidents[n] as (typeof incidents)[0], { callback: '+1 (415) 555-0199' }));
    expect((await a.push(pushOf(made))).body.problems).toEqual([]);
  };
  await push(0);
  await rotate('organisation');
  await rotate('master');
  expect(states(await rotate('secrets'), 'secrets').at(-1)).toBe('active');
  const site = await rotate('site', { site: center.site });
  expect(states(site, 'site')).toEqual(['active', 'pending']);
  expect(site.keys.find(({ state }) => state === 'pending')?.waitingFor).toEqual([a.station]);
  await rotate('signing');
  const told = await hello([]);
  expect(told.siteKeys).toHaveLength(2);
  expect(told.roster.centerKeys).toHaveLength(2);
  await asMigrator(center, (client) =>
    client.query(
      'with s as (update keys.site set created_at = created_at - 20000) update keys.signing set created_at = created_at - 20000',
    ),
  );
  await hello([...told.siteKeys.map(({ id }) => id), ...told.roster.centerKeys]);
  const now = await shown();
  expect([...states(now, 'site'), ...states(now, 'signing')].sort()).toEqual([
    'active',
    'active',
    'retired',
    'retired',
  ]);
  // One that was away meanwhile, or whose disk is an old copy, takes what the key that it knows has signed, and learns the new one.
  const [before, since] = told.roster.centerKeys as [string, string];
  const signedBy = async (known: readonly string[]): Promise<readonly string[]> => {
    const { roster } = await hello(known);
    expect(roster.centerKeys).toEqual([since, before]);
    return roster.centerKeys.filter((key) => signatureHolds(key, rosterText(roster), roster.sig));
  };
  expect(await signedBy([before])).toEqual([before]);
  expect(await signedBy([before, since])).toEqual([since]);
  expect(await signedBy([])).toEqual([since]);
  await push(1);
  // The first entities are under the site's key of before, until theirs are wrapped anew.
  await rotate('entity');
  await expect
    .poll(async () => (await shown()).keys.some(({ level, holds }) => level === 'site' && holds !== null && holds > 0))
    .toBe(false);
  for (const incident of incidents) {
    const { body } = await center.call<{ sealed: { callback: string } }>(
      'GET',
      `/v1/entities/incident/${idOf(incident)}`,
      undefined,
      center.adminToken,
    );
    expect(body.sealed.callback).toBe('+1 (415) 555-0199');
  }
  const verified = await center.call('GET', '/v1/audit/verification', undefined, center.adminToken);
  expect(verified.body).toMatchObject({ brokenAt: null });
});

it('have their time, and are said to be past it where they are, to whoever rotates them and to who watches (ASVS 13.3.4)', async () => {
  const YEAR_MS = 365 * 86_400_000;
  const due = async (level: string): Promise<(number | null)[]> => {
    const used = (await shown()).keys.filter((key) => key.level === level && key.state !== 'retired');
    return used.map(({ createdAt, changeDue }) => changeDue && changeDue - createdAt);
  };
  const watched = async (): Promise<Record<string, number>> => {
    const token = readFileSync(join(center.dataDir, 'metrics.token'), 'utf8').trim();
    const text = await (await fetch(`${center.url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
    const found = text.matchAll(/^qd_keys_overdue\{[^}]*level="(\w+)"[^}]*\} (\d+)/gm);
    return Object.fromEntries([...found].map(([, level = '', count]) => [level, Number(count)]));
  };
  const none = { master: 0, organisation: 0, site: 0, signing: 0, secrets: 0, index: 0 };
  expect(await watched()).toEqual(none);
  for (const level of ['master', 'organisation', 'signing', 'secrets', 'index'])
    expect([level, await due(level)]).toEqual([level, [YEAR_MS]]);
  expect((await shown()).keys.filter(({ state }) => state === 'retired').map(({ changeDue }) => changeDue)).toContain(
    null,
  );
  // As if a year had gone by.
  await asMigrator(center, async (client) => {
    for (const table of ['site', 'signing', 'inner'])
      await client.query(`update keys.${table} set created_at = created_at - $1::bigint`, [YEAR_MS]);
    await client.query(
      'update keys.organisation set created_at = created_at - $1::bigint, rotated_at = rotated_at - $1::bigint',
      [YEAR_MS],
    );
  });
  const sites = (await due('site')).length;
  expect(await watched()).toEqual({ master: 1, organisation: 1, site: sites, signing: 1, secrets: 1, index: 1 });
  for (const { state, changeDue } of (await shown()).keys)
    if (state !== 'retired') expect(changeDue).toBeLessThan(Date.now());
  for (const level of ['organisation', 'secrets', 'index']) await rotate(level);
  // Another key of the organisation makes the master key that wraps it no younger.
  expect(await watched()).toEqual({ ...none, master: 1, site: sites, signing: 1 });
});

it('let a number be found that lies sealed, by its digits, also under another index key; the finding is audited', async () => {
  const incident = newEntity('incident');
  const made = a.append(opening(incident, { callback: '(628) 555-0101' }));
  await a.push(pushOf(made));
  const found = async (number: string): Promise<string[]> => (await search(number)).body.items.map(({ id }) => id);
  await expect.poll(() => found('628 555 0101')).toEqual([idOf(incident)]);
  expect(await found('+1-628-555-0101')).toEqual([idOf(incident)]);
  expect(await found('6285550102')).toEqual([]);
  const edited = {
    type: 'incident.edited',
    about: [incident],
    replaces: [made.fact.id],
    body: { callback: '628 555 0177' },
  };
  await a.push(pushOf(a.append(edited)));
  await expect.poll(() => found('6285550177')).toEqual([idOf(incident)]);
  await rotate('index');
  await expect.poll(async () => (await shown()).progress).toBeNull();
  expect(await found('6285550177')).toEqual([idOf(incident)]);
  expect((await search('12')).status).toBe(400);
  const clear = await asMigrator(center, async (client) => {
    const { rows } = await client.query<{ row: string }>(
      'select row_to_json(x)::text as row from cad.callback_index x',
    );
    return rows.map(({ row }) => row).join();
  });
  expect(clear).not.toContain('6285550177');
  expect(clear).not.toContain(Buffer.from('6285550177').toString('hex'));
  const reads = await center.call<{ items: unknown[] }>(
    'GET',
    `/v1/audit/entries?op=read&table=cad.incident&row=${idOf(incident)}`,
    undefined,
    center.adminToken,
  );
  expect(reads.body.items.length).toBeGreaterThan(0);
});

it('say what there is not to rotate', async () => {
  expect((await center.call('POST', '/v1/keys/nothing/rotate', {}, center.adminToken)).status).toBe(400);
  const other = await center.call('POST', '/v1/keys/site/rotate', { site: 'not-there' }, center.adminToken);
  expect(other.status).toBe(404);
});

it('tell whoever runs the center which secret cannot be opened, where one keeps the others under an old key', async () => {
  await asMigrator(center, (client) =>
    client.query(
      `insert into webhooks.endpoint (org, id, provider, name, keys, created_at)
       select org, 'spoilt', 'lob', 'X', decode('00ff', 'hex'), 1 from kernel.organisation`,
    ),
  );
  await rotate('secrets');
  await expect.poll(async () => (await shown()).progress).toMatchObject({ level: 'secrets', failed: true });
  await expect
    .poll(() => lines.map((line) => JSON.parse(line)).filter(({ rotating }) => rotating === 'secrets'))
    .toMatchObject([
      {
        code: 'key.damaged',
        why: expect.stringContaining('spoilt'),
        msg: 'what is under an old key could not be moved',
      },
    ]);
});
