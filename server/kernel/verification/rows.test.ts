import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EntityRef, idOf } from '#domain/kernel/ids.ts';
import type { Json } from '#domain/kernel/json.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { asMigrator, type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import { eraseEntity } from '../intake/erase.ts';
import { pgLog } from '../intake/pg/log.ts';
import type { CenterLog } from '../intake/port.ts';
import { pushFrames } from '../intake/testing/push.ts';
import {
  type Made,
  newEntity,
  opening,
  pushOf,
  random,
  type TestStation,
  testStation,
} from '../intake/testing/station.ts';
import { verifyAllRows } from './testing/all-rows.ts';

const ORG = 'erasing';
const SITE = 'erasing-one';
const signer = signerOf(newSigningKey());
const world = { clock: Date.now, random };
let database: TestDatabase;
let log: CenterLog;
let a: TestStation;

beforeAll(async () => {
  database = await testDatabase();
  const { db, keys } = database;
  const insert = (text: string, values: unknown[]) =>
    db.inOrgClient({ org: ORG }, (client) => client.query(`insert into kernel.${text}`, values));
  await insert('organisation (org, name, created_at) values ($1, $1, 1)', [ORG]);
  await keys.createOrganisation(ORG);
  await insert('site (org, site, name, created_at) values ($1, $2, $2, 1)', [ORG, SITE]);
  await keys.createSite(ORG, SITE);
  const [siteKey] = await keys.siteKeys(ORG, SITE);
  if (!siteKey) throw new Error('the site has no key');
  a = testStation('a', { org: ORG, site: SITE, siteKey }, { session: 's', by: 'ann' });
  await insert(
    `device (org, station, site, name, short, key, enrolled_at, revoked_at) values ($1, 'a', $2, 'a', 'A', $3, 1, null)`,
    [ORG, SITE, a.publicKey],
  );
  await insert(
    `standing (org, session, user_id, roles, valid_from, valid_until) values ($1, 's', 'ann', '{dispatcher}', 0, null)`,
    [ORG],
  );
  log = pgLog(db, { keys, ...world });
});
afterAll(() => database?.close());

const push = (...made: readonly Made[]) =>
  pushFrames(log, { signer, publicKeys: [signer.publicKey] }, world, ORG, SITE, pushOf(...made));
const different = async (): Promise<readonly EntityRef[]> =>
  (await verifyAllRows(database.db, { keys: database.keys, random }, { org: ORG, actor: 'ann' })).different;

it('holds what was erased against its state, the unit and run whose facts went with it too', async () => {
  const incident = newEntity('incident');
  const unit = newEntity('unit');
  const run: EntityRef = `assignment:${idOf(incident)}.${idOf(unit)}.0`;
  const sent = { type: 'unit.dispatched', about: [incident, unit, run], body: { code: 'DP', commitments: [incident] } };
  await push(a.append(opening(incident)), a.append(sent));
  expect(await different()).toEqual([]);
  await log.intake(ORG, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
  expect(await different()).toEqual([]);
  const late = { type: 'unit.status', about: [incident, unit, run], body: { code: 'ER', standard: 'enRoute' } };
  await push(a.append({ ...late, replaces: [] }));
  expect(await different()).toEqual([]);

  await asMigrator(database, async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query(`update cad.incident set priority = '9' where id = $1`, [idOf(incident)]);
    await client.query('update cad.unit set commitments = $2 where id = $1', [idOf(unit), []]);
  });
  expect(await different()).toEqual([incident, unit]);
});

it('finds the same in stretches of one entity each, rows without any fact too', async () => {
  await asMigrator(database, async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query(
      `insert into cad.unit (org, id, site, body, updated_at)
       select $1, 'stray-' || n, $2, '{}', 1 from generate_series(1, 3) n`,
      [ORG, SITE],
    );
  });
  const scope = { org: ORG, actor: 'ann' };
  const tools = { keys: database.keys, random };
  const whole = await verifyAllRows(database.db, tools, scope);
  const parts = await verifyAllRows(database.db, tools, scope, 1);
  expect(whole.different).toEqual(expect.arrayContaining(['unit:stray-1', 'unit:stray-2', 'unit:stray-3']));
  expect(parts).toEqual({ ...whole, stretches: whole.entities + 1 });
});

it('takes contested facts into account as intake did', async () => {
  const incident = newEntity('incident');
  const before = await different();
  await push(a.append(opening(incident)));
  await database.db.inOrgClient({ org: ORG }, (client) =>
    client.query(`update kernel.standing set valid_until = 1 where org = $1 and session = 's'`, [ORG]),
  );
  await push(a.append({ type: 'incident.edited', about: [incident], body: { priority: '1' } }));
  const state = await log.intake(ORG, async (tx) => (await tx.folded([incident])).get(incident));
  expect(state?.contested).toHaveLength(1);
  expect(await different()).toEqual(before);
});

it('finds a sealed column empty once what filled it was set aside, with what was drawn from it', async () => {
  const insert = (session: string, user: string, role: string) =>
    database.db.inOrgClient({ org: ORG }, (client) =>
      client.query(
        'insert into kernel.standing (org, session, user_id, roles, valid_from, valid_until) values ($1, $2, $3, $4, 0, null)',
        [ORG, session, user, [role]],
      ),
    );
  await insert('boss', 'sue', 'supervisor');
  await insert('bills', 'bob', 'biller');
  const { site, privateKey } = a;
  const boss = testStation('a', site, { session: 'boss', by: 'sue', privateKey });
  const biller = testStation('a', site, { session: 'bills', by: 'bob', privateKey });
  const incident = newEntity('incident');
  const { caller: _, location: __, ...body } = opening(incident).body as { readonly [field: string]: Json };
  const edited = biller.append({
    type: 'incident.edited',
    about: [incident],
    body: { caller: 'Who Knows', location: { text: '9 Elm St', coordinates: [-122.4, 37.8], zone: 'B09' } },
  });
  const noted = biller.append({ type: 'incident.noted', about: [incident], body: { text: 'hearsay' } });
  await push(a.append({ ...opening(incident), body }), edited, noted);
  const row = async () =>
    (
      await asMigrator(database, (client) =>
        client.query('select caller, location, notes, zone, cell from cad.incident where id = $1', [idOf(incident)]),
      )
    ).rows[0];
  expect(Object.values(await row())).not.toContain(null);
  for (const { fact } of [edited, noted])
    await push(boss.append({ type: 'fact.settled', about: [incident], body: { fact: fact.id, verdict: 'set aside' } }));
  expect(await row()).toEqual({ caller: null, location: null, notes: null, zone: null, cell: null });
  expect(await different()).not.toContain(incident);
});
