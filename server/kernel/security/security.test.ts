import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { SecurityEventsOutSchema } from '#domain/identity/api/security-events.ts';
import { READS } from '#domain/modules.ts';
import { DEMO_ORG, DEMO_PASSWORD, DEMO_USER } from '../../modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator } from '../../testing/postgres.ts';
import type { Database } from '../db/database.ts';
import { type DetectorPorts, detect, detectAll } from './detectors.ts';
import { readPlaces } from './places.ts';

type Events = z.infer<typeof SecurityEventsOutSchema>;

let center: TestCenter;
let db: Database;
const raised: string[] = [];
beforeAll(async () => {
  center = await testCenter();
  db = await center.application();
});
afterAll(async () => {
  await db?.close();
  await center?.close();
});

const ports = (over: Partial<DetectorPorts> = {}): DetectorPorts => ({
  db,
  clock: Date.now,
  random: (length) => randomBytes(length),
  logger: pino({ level: 'silent' }),
  placeOf: () => null,
  eventRaised: (kind) => raised.push(kind),
  ...over,
});
/** What the center's figures say of security events of a kind. */
const counted = async (kind: string): Promise<string | undefined> => {
  const token = readFileSync(join(center.dataDir, 'metrics.token'), 'utf8').trim();
  const figures = await fetch(`${center.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  return new RegExp(`^qd_security_events_total\\{[^}]*kind="${kind}"[^}]*\\} (\\d+)`, 'm').exec(
    await figures.text(),
  )?.[1];
};
const look = (over: Partial<DetectorPorts> = {}): Promise<number> => detect(ports(over), DEMO_ORG);
const signIn = (user: string, password: string) =>
  center.call('POST', '/v1/sessions', { user: `${user}@${DEMO_ORG}`, password });
const events = async (query = ''): Promise<Events['events']> =>
  (await center.call<Events>('GET', `/v1/security/events${query}`, undefined, center.adminToken)).body.events;

describe('security events', () => {
  it('are raised by many accounts tried from one address, once (ASVS 16.3.3)', async () => {
    for (let i = 0; i < 9; i++) await signIn(`nobody-${i}`, 'spring is here 2026');
    expect(await look()).toBe(1);
    expect(await look()).toBe(0);
    expect(raised).toEqual(['password spraying']);
    const [event] = await events();
    expect(event).toMatchObject({ kind: 'password spraying', state: 'open', times: 1, evidence: { accounts: 9 } });
  });

  it('are handled to an end by a supervisor, with what they were', async () => {
    const [event] = await events('?state=open');
    const path = `/v1/security/events/${event?.id}`;
    const dispatcher = (await signIn(DEMO_USER, DEMO_PASSWORD)).body.accessToken as string;
    expect((await center.call('POST', `${path}/take`, {}, dispatcher)).body).toMatchObject({ code: 'role.missing' });
    expect((await center.call('POST', `${path}/take`, {}, center.adminToken)).status).toBe(200);
    const close = (body: object) => center.call('POST', `${path}/close`, body, center.adminToken);
    expect((await close({ resolution: 'contained' })).body).toMatchObject({ code: 'field.invalid', field: 'note' });
    expect((await close({ resolution: 'contained', note: 'Address blocked at the firewall.' })).status).toBe(200);
    expect((await close({ resolution: 'harmless', note: 'again' })).body).toMatchObject({ code: 'event.closed' });
    expect((await events())[0]).toMatchObject({ state: 'closed', resolution: 'contained' });
    // What was closed is not raised again by what was seen then.
    expect(await look()).toBe(0);
    const { rows } = await asMigrator(center, (client) =>
      client.query(
        `select op, after ->> 'state' as state, reason from audit.entry where tbl = 'security.event' order by id`,
      ),
    );
    expect(rows.at(-1)).toEqual({ op: 'update', state: 'closed', reason: 'Address blocked at the firewall.' });
  });

  it('are raised by somebody who reads far more charts than ever', async () => {
    await asMigrator(center, (client) =>
      client.query(
        `insert into audit.entry (org, at, actor, op, tbl, row_id)
         select $1, $2, 'p-reader', 'read', 'epcr.chart', 'chart-' || n from generate_series(1, 60) n`,
        [DEMO_ORG, Date.now()],
      ),
    );
    expect(await look()).toBe(1);
    expect((await events('?state=open'))[0]).toMatchObject({ kind: 'mass reading', subject: 'p-reader' });
  });

  it('say how much somebody has read by now, and are raised anew where they read on after the end', async () => {
    const of = async (): Promise<Events['events']> =>
      (await events()).filter(({ subject }) => subject === 'p-reads-on').sort((a, b) => b.firstAt - a.firstAt);
    // All within one hour of the clock, whatever it is now.
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const read = (from: number, to: number, at: number) =>
      asMigrator(center, (client) =>
        client.query(
          `insert into audit.entry (org, at, actor, op, tbl, row_id)
           select $1, $2, 'p-reads-on', 'read', 'epcr.chart', 'chart-' || n from generate_series($3::int, $4::int) n`,
          [DEMO_ORG, hour + at, from, to],
        ),
      );
    await read(1, 60, 1_000);
    expect(await look()).toBe(1);
    expect(await of()).toMatchObject([{ lastAt: hour + 1_000, evidence: { charts: 60 } }]);
    await read(61, 300, 2_000);
    expect(await look()).toBe(0);
    expect(await of()).toMatchObject([{ lastAt: hour + 2_000, times: 2, evidence: { charts: 300 } }]);
    const path = `/v1/security/events/${(await of())[0]?.id}/close`;
    const closed = await center.call('POST', path, { resolution: 'harmless', note: 'Asked to.' }, center.adminToken);
    expect(closed.status).toBe(200);
    expect(await look()).toBe(0);
    await read(301, 900, 3_000);
    expect(await look()).toBe(1);
    expect(await of()).toMatchObject([
      { state: 'open', firstAt: hour + 3_000, evidence: { charts: 900 } },
      { state: 'closed' },
    ]);
  });

  it('are raised by somebody who opens far more incidents at the center than ever, however they are asked for', async () => {
    await asMigrator(center, (client) =>
      client.query(
        `insert into cad.incident (org, site, id, body, updated_at)
         select $1, site, 'incident-' || n, '{}', 5 from generate_series(1, 60) n, (select site from kernel.site limit 1) s`,
        [DEMO_ORG],
      ),
    );
    const read = (path: string) => center.call('GET', `/v1/${path}`, undefined, center.adminToken);
    const counts = async (): Promise<number> => {
      const { rows } = await asMigrator(center, (client) =>
        client.query(`select from audit.entry where op = 'read' and tbl = 'cad.incident' and after -> 'log' is null`),
      );
      return rows.length;
    };
    expect((await read('entities/incident?limit=500')).status).toBe(200);
    expect(await counts()).toBe(0);
    for (const path of ['entities/incident/incident-1', 'facts?entity=incident:incident-1']) {
      expect((await read(path)).status).toBe(200);
    }
    expect(await counts()).toBe(2);
    expect(await look()).toBe(0);
    expect((await read('entities/incident?sealed=open&limit=500')).status).toBe(200);
    expect(await counts()).toBe(62);
    expect(await look()).toBe(1);
    const found = (await events('?state=open')).find(({ evidence }) => evidence.incidents !== 0);
    expect(found).toMatchObject({ kind: 'mass reading', evidence: { incidents: 60, charts: 0 } });
  });

  it('are not raised by what a board shows, nor by one search that finds many; what is noted of boards costs nothing to look at', async () => {
    const rows = (actor: string, request: string, after: object, count: number) =>
      asMigrator(center, (client) =>
        client.query(
          `insert into audit.entry (org, at, actor, request, op, tbl, row_id, after)
           select $1, $2, $3, $4, 'read', 'cad.incident', 'i-' || n, $5 from generate_series(1, $6::integer) n`,
          [DEMO_ORG, Date.now(), actor, request, JSON.stringify(after), count],
        ),
      );
    await rows('p-dispatcher', 'r-1', { fields: ['location'], log: 'log-1', seq: 1, times: 1 }, 20_000);
    await rows('p-supervisor', 'r-2', { fields: ['callback'], by: 'callback' }, 100);
    await asMigrator(center, (client) => client.query('analyze audit.entry'));
    const read = async (): Promise<{ readonly told: number; readonly opened: number }> => {
      const found = await asMigrator(center, (client) =>
        client.query<{ index: string; read: string }>(
          `select indexrelname as index, idx_tup_read as read from pg_stat_user_indexes where relname = 'entry'`,
        ),
      );
      const of = (index: string): number => Number(found.rows.find((row) => row.index === index)?.read ?? 0);
      return {
        told: of('entry_told') + of('entry_at') + of('entry_row') + of('entry_actor'),
        opened: of('entry_opened'),
      };
    };
    const before = await read();
    expect(await look()).toBe(0);
    await expect.poll(async () => (await read()).opened, { timeout: 15_000 }).toBeGreaterThan(before.opened);
    expect((await read()).told - before.told).toBeLessThan(20_000);
    // Many searches are as many.
    for (let i = 0; i < 60; i++) await rows('p-supervisor', `r-s${i}`, { fields: ['callback'], by: 'callback' }, 1);
    expect(await look()).toBe(1);
  });

  it('are looked for where a site has a zone that this machine does not know', async () => {
    await asMigrator(center, (client) =>
      client.query(`update cad.site_profile set body = jsonb_set(body, '{timeZone}', '"Mars/Olympus"')`),
    );
    expect(await look()).toBe(0);
  });

  it('are looked for in every other organisation, and by every other detector, where one fails', async () => {
    const said: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => void said.push(line) });
    // An organisation before all others, of which nothing can be looked at.
    await asMigrator(center, async (client) => {
      await client.query(`insert into kernel.organisation (org, name, created_at) values ('0-first', 'First', 1)`);
      await client.query(
        `insert into security.attempt (org, id, at, account, address, good) values ('0-first', 'a', 1, 'x', '192.0.2.1', false)`,
      );
      await client.query(`
        create function security.fails_in_test() returns trigger language plpgsql as $$ begin raise 'no' using errcode = 'QD999'; end $$;
        create trigger fails_in_test before delete on security.attempt for each row execute function security.fails_in_test()`);
    });
    for (let i = 0; i < 2; i++) await signIn(DEMO_USER, DEMO_PASSWORD);
    for (let i = 0; i < 9; i++) await signIn(`somebody-${i}`, 'summer is here 2026');
    const placeOf = (): never => {
      throw new RangeError('of an address that is a secret here');
    };
    await detectAll(ports({ logger, placeOf }));
    const [event] = (await events('?state=open')).filter(({ kind }) => kind === 'password spraying');
    expect(event?.subject).toBeTypeOf('string');
    const lines = said.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ msg }) => msg)).toEqual(['detectors could not look', 'detectors could not look']);
    expect(lines[0]).toMatchObject({ org: '0-first', code: 'QD999' });
    expect(lines[1]).toMatchObject({ org: DEMO_ORG, detector: 'impossible travel', error: 'RangeError' });
    expect(said.join()).not.toContain('secret');
    await asMigrator(center, (client) => client.query('drop trigger fails_in_test on security.attempt'));
    await center.call('POST', `/v1/security/events/${event?.id}/take`, {}, center.adminToken);
    const closed = { resolution: 'harmless', note: 'a test' };
    await center.call('POST', `/v1/security/events/${event?.id}/close`, closed, center.adminToken);
  });

  it('page and refuse what is no page', async () => {
    const answer = await center.call('GET', '/v1/security/events?after=x', undefined, center.adminToken);
    expect(answer.body).toMatchObject({ code: 'field.invalid', field: 'after' });
  });
});

describe('the places of addresses', () => {
  const folder = mkdtempSync(join(tmpdir(), 'qd-places-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = (text: string): string => {
    const path = join(folder, `${Math.random()}.csv`);
    writeFileSync(path, text);
    return path;
  };

  it('are those of the narrowest network', async () => {
    const placeOf = await readPlaces(
      file('# by hand\n192.0.2.0/24,-122.4,37.8\n192.0.2.128/25, -71.1, 42.4\n2001:db8::/32,2.3,48.9\n'),
    );
    expect(placeOf('192.0.2.5')).toEqual([-122.4, 37.8]);
    expect(placeOf('192.0.2.200')).toEqual([-71.1, 42.4]);
    expect(placeOf('::ffff:192.0.2.5')).toEqual([-122.4, 37.8]);
    expect(placeOf('2001:db8::1')).toEqual([2.3, 48.9]);
    expect(placeOf('198.51.100.1')).toBeNull();
    expect(placeOf('no address')).toBeNull();
  });

  it('name the line that cannot be read', async () => {
    await expect(readPlaces(file('192.0.2.0/24,1,2\n192.0.2.0/99,1,2\n'))).rejects.toThrow('line 2');
    await expect(readPlaces(file('192.0.2.0/24,200,2\n'))).rejects.toThrow('line 1');
  });
});

describe('the status of a center', () => {
  it('is counted when it is asked', async () => {
    const { status, body } = await center.call('GET', '/v1/status', undefined, center.adminToken);
    expect(status).toBe(200);
    expect(body).toMatchObject({ workstations: 0, securityOpen: (await events('?state=open')).length });
    expect(body.auditSealedTo).toBeGreaterThan(0);
  });
});

describe('a workstation that was without the center', () => {
  it('tells what it counted, which raises an event once however often it tells', async () => {
    const station = await center.enrol('Away');
    const by = { tries: 5, windowMinutes: 15, pauseMinutes: 30 };
    const at = Date.now() - 60_000;
    const told = [
      { login: DEMO_USER.toUpperCase(), tries: 5, at, until: at + 1_800_000, by },
      { login: 'a password in the wrong field', tries: 5, at, until: at + 1_800_000, by },
    ];
    const greeting = { wire: 1, build: 'x', reads: [...READS], cursor: null, logs: [], lanAddress: '', grants: [] };
    const hello = () => center.call('POST', '/v1/sync/hello', { ...greeting, guesses: told }, station.token);
    expect((await hello()).status).toBe(200);
    expect((await hello()).status).toBe(200);
    const found = (await events('?state=open')).filter(({ kind }) => kind === 'guessing at a workstation');
    expect(found).toHaveLength(2);
    const known = found.find(({ person }) => person !== null);
    expect(known).toMatchObject({ times: 1, lastAt: at, evidence: { tries: 5, station: station.station } });
    expect(JSON.stringify(found)).not.toContain('wrong field');
    expect(await counted('guessing at a workstation')).toBe('2');
    for (const { id } of found) {
      const closed = { resolution: 'harmless', note: 'a test' };
      await center.call('POST', `/v1/security/events/${id}/take`, {}, center.adminToken);
      expect((await center.call('POST', `/v1/security/events/${id}/close`, closed, center.adminToken)).status).toBe(
        200,
      );
    }
  });
});
