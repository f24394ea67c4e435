/** Each level is rotated while two nodes read all there is and facts keep coming. */
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EntityRef, idOf } from '#domain/kernel/ids.ts';
import { readBlob, storeBlob } from '../../modules/documents/blobs.ts';
import { WEBHOOK_SECRETS } from '../../modules/webhooks/endpoints.ts';
import { asMigrator, type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import { TOTP_SECRET } from '../identity/second-factor/given.ts';
import { SSO_SECRET } from '../identity/sso/settings.ts';
import { eraseEntity } from '../intake/erase.ts';
import { pushFrames } from '../intake/intake.ts';
import { pgLog } from '../intake/pg/log.ts';
import type { CenterLog } from '../intake/port.ts';
import { newEntity, opening, pushOf, random, type TestStation, testStation } from '../intake/testing/station.ts';
import { verifyRows } from '../verification/rows.ts';
import { callbackIndex } from './callback-index.ts';
import { masterKeyOf } from './master.ts';
import { SETTLED_MS } from './pending.ts';
import { resealSecrets } from './reseal.ts';
import type { KeyRing } from './ring.ts';
import {
  announceKey,
  type RotationPorts,
  rewrapEntities,
  rewrapUnder,
  rotateInner,
  rotateOrganisation,
} from './rotate.ts';
import { keysOf } from './shown.ts';

/** Every secret that parts of the center keep. */
const SEALED = [TOTP_SECRET, SSO_SECRET, ...WEBHOOK_SECRETS];

vi.setConfig({ testTimeout: 60_000 });

const ORG = 'rotating';
const SITE = 'rotating-one';
const SCOPE = { org: ORG, actor: 'ann' };
const world = { clock: Date.now, random };
let database: TestDatabase;
let log: CenterLog;
let a: TestStation;
let ports: RotationPorts;
let other: KeyRing;
let told: string[];
let secret: Buffer;
let document: { readonly id: string; readonly digest: string };

beforeEach(async () => {
  database = await testDatabase();
  const { db, keys, masters } = database;
  other = database.newRing();
  told = [];
  ports = { db, keys, masters, ...world, rosterChanged: (_org, site) => void told.push(site) };
  const insert = (text: string, values: unknown[]) =>
    db.inOrgClient({ org: ORG }, (client) => client.query(`insert into kernel.${text}`, values));
  await insert('organisation (org, name, created_at) values ($1, $1, 1)', [ORG]);
  await keys.createOrganisation(ORG);
  await insert('site (org, site, name, created_at) values ($1, $2, $2, 1)', [ORG, SITE]);
  await keys.createSite(ORG, SITE);
  a = await station();
  for (const [name, revoked] of [
    ['a', null],
    ['b', null],
    ['gone', 1],
  ] as const) {
    const key = name === 'a' ? a.publicKey : `key of ${name}`;
    await insert(
      'device (org, station, site, name, short, key, enrolled_at, revoked_at) values ($1, $2, $3, $2, $2, $4, 1, $5)',
      [ORG, name, SITE, key, revoked],
    );
  }
  await insert(
    `standing (org, session, user_id, roles, valid_from, valid_until) values ($1, 's', 'ann', '{dispatcher}', 0, null)`,
    [ORG],
  );
  log = pgLog(db, { keys, ...world });
  for (let n = 0; n < 5; n++) await take(newEntity('incident'));
  secret = await keys.sealFor(ORG, Buffer.from('a shared secret'), 'totp|1');
  document = await stored();
});
afterEach(() => database?.close());

/** As it signs and seals with the key of its site that it was given first. */
async function station(privateKey?: string): Promise<TestStation> {
  const [siteKey] = await database.keys.siteKeys(ORG, SITE);
  if (!siteKey) throw new Error('the site has no key');
  const options = { session: 's', by: 'ann', ...(privateKey ? { privateKey } : {}) };
  return testStation('a', { org: ORG, site: SITE, siteKey }, options);
}

async function take(incident: EntityRef, of = a): Promise<void> {
  const keys = await database.keys.centerKeys(ORG);
  const made = of.append(opening(incident, { caller: 'Rosa', callback: '(415) 555-0142' }));
  await pushFrames(log, keys, world, ORG, SITE, pushOf(made));
}

async function stored(): Promise<{ readonly id: string; readonly digest: string }> {
  const incident = newEntity('incident');
  await take(incident);
  const [envelope] = await asMigrator(database, async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from keys.entity where entity = $1', [incident]);
    return rows;
  });
  const { openKeys } = await import('../intake/open.ts');
  const bytes = await log.intake(ORG, async (tx) => (await openKeys(tx, [envelope?.id ?? ''])).get(envelope?.id ?? ''));
  if (!envelope || !bytes) throw new Error('the incident has no key');
  const blob = {
    org: ORG,
    site: SITE,
    id: idOf(incident),
    media: 'text/plain',
    entity: incident,
    source: 's',
    madeAt: 1,
  };
  const { digest } = await database.db.inOrg({ org: ORG }, (trx) =>
    storeBlob(trx, { ...blob, key: { id: envelope.id, bytes } }, Buffer.from('a report'), random),
  );
  return { id: idOf(incident), digest };
}

/** All that a node can read: every entity folded anew and its row opened, the secret, the document. */
async function readAll(keys: KeyRing): Promise<void> {
  const { different } = await verifyRows(database.db, { keys, random }, SCOPE);
  expect(different).toEqual([]);
  expect((await keys.unsealFor(ORG, secret, 'totp|1'))?.toString()).toBe('a shared secret');
  const read = await database.db.inOrg({ org: ORG }, (trx) => readBlob(trx, keys, ORG, document.id, document.digest));
  expect(read).toMatchObject({ state: 'read' });
}

/** Runs something while both nodes read and facts are taken; what went wrong there comes out here. */
async function underLoad(work: () => Promise<void>): Promise<void> {
  let running = true;
  let turns = 0;
  const wrong: unknown[] = [];
  const until = async (step: () => Promise<void>): Promise<void> => {
    while (running) {
      await step().catch((error: unknown) => wrong.push(error));
      turns++;
    }
  };
  const load = [
    until(() => readAll(database.keys)),
    until(() => readAll(other)),
    until(() => take(newEntity('incident'))),
  ];
  await work();
  await new Promise((resolve) => setTimeout(resolve, 300));
  running = false;
  await Promise.all(load);
  expect(wrong).toEqual([]);
  expect(turns).toBeGreaterThan(3);
  await readAll(database.keys);
  await readAll(database.newRing());
}

const keysNow = async () =>
  database.db.inOrgClient(SCOPE, (client) => keysOf(client, ORG, database.masters.current.id, SEALED));
const hold = (name: string, ids: readonly string[]) => database.keys.held(ORG, SITE, name, ids);
/** As if a key had been made so long ago. */
const aged = (ms: number): Promise<unknown> =>
  database.db.inOrgClient(SCOPE, async (client) => {
    await client.query('update keys.site set created_at = created_at - $1::bigint where active_at is null', [ms]);
    await client.query('update keys.signing set created_at = created_at - $1::bigint where active_at is null', [ms]);
  });

describe('rotating', () => {
  it('the organisation’s key wraps anew what is under it, and nothing else (ASVS 11.2.2)', async () => {
    const before = await asMigrator(
      database,
      async (client) => (await client.query('select wrapped from keys.site')).rows,
    );
    await underLoad(async () => {
      for (let n = 0; n < 3; n++) expect(await rotateOrganisation(ports, SCOPE)).toBeGreaterThanOrEqual(5);
    });
    const after = await asMigrator(
      database,
      async (client) => (await client.query('select wrapped from keys.site')).rows,
    );
    expect(after).not.toEqual(before);
    // Also by a node that still remembers the key of before, and makes a site.
    await database.db.inOrgClient({ org: ORG }, (client) =>
      client.query(`insert into kernel.site (org, site, name, created_at) values ($1, 'late', 'Late', 1)`, [ORG]),
    );
    await other.createSite(ORG, 'late');
    expect(await database.newRing().siteKeys(ORG, 'late')).toHaveLength(1);
  });

  it('the master key moves the organisation’s to another, and back; each needs its own', async () => {
    const next = masterKeyOf(randomBytes(32));
    const both = { current: next, others: [database.masters.current] };
    // A node is given the new one before it is used.
    other = database.newRing(both);
    await underLoad(async () => {
      expect(await rewrapUnder({ ...ports, masters: both }, SCOPE, next)).toBe(true);
      expect(await rewrapUnder({ ...ports, masters: both }, SCOPE, next)).toBe(false);
      await rewrapUnder({ ...ports, masters: both }, SCOPE, database.masters.current);
    });
    await rewrapUnder({ ...ports, masters: both }, SCOPE, next);
    await readAll(database.newRing(both));
    await readAll(database.newRing({ current: next, others: [] }));
    await expect(database.newRing().siteKeys(ORG, SITE)).rejects.toMatchObject({
      code: 'key.wrong',
      message: expect.stringContaining('QD_MASTER_KEY_OLD'),
    });
  });

  it('a site’s key waits for the workstations that have to hold it, seals what is new, and opens what was', async () => {
    const [first] = await database.keys.siteKeys(ORG, SITE);
    await underLoad(async () => {
      const id = await announceKey(ports, SCOPE, 'site', SITE);
      expect(await announceKey(ports, SCOPE, 'site', SITE)).toBe(id);
      expect(told).toEqual([SITE, SITE]);
      expect((await database.keys.siteKeys(ORG, SITE)).map(({ state }) => state)).toEqual(['active', 'pending']);
      expect((await keysNow()).find((key) => key.id === id)).toMatchObject({
        state: 'pending',
        waitingFor: ['a', 'b'],
      });
      expect(await hold('a', [first?.id ?? ''])).toEqual({ waits: true, moved: false });
      expect(await hold('a', [id])).toEqual({ waits: true, moved: false });
      expect(await hold('b', [id])).toEqual({ waits: true, moved: false });
      // Every node of the center has to know it too.
      await aged(SETTLED_MS);
      expect((await database.keys.siteKeys(ORG, SITE))[0]?.id).toBe(first?.id);
      expect(await hold('b', [id])).toEqual({ waits: false, moved: true });
      const now = await database.keys.siteKeys(ORG, SITE);
      expect(now.map((key) => [key.id, key.state])).toEqual([
        [id, 'active'],
        [first?.id, 'retired'],
      ]);
      await take(newEntity('incident'), await station(a.privateKey));
    });
    const under = await asMigrator(database, async (client) => {
      const { rows } = await client.query<{ under: string }>('select distinct under from keys.entity');
      return rows.map((row) => row.under);
    });
    expect(under).toHaveLength(2);
  });

  it('a site’s key comes into use after three days without a workstation that stays away', async () => {
    const id = await announceKey(ports, SCOPE, 'site', SITE);
    await aged(72 * 3_600_000 + 1_000);
    await hold('a', [id]);
    expect((await database.keys.siteKeys(ORG, SITE))[0]?.id).toBe(id);
  });

  it('the key to sign with waits as well; what the one before signed is still the center’s', async () => {
    const first = await database.keys.centerKeys(ORG);
    const id = await announceKey(ports, SCOPE, 'signing', null);
    const waiting = await database.keys.centerKeys(ORG);
    expect(waiting.signer.publicKey).toBe(first.signer.publicKey);
    expect(waiting.publicKeys).toEqual([first.signer.publicKey, id]);
    await aged(SETTLED_MS);
    await underLoad(async () => {
      await hold('a', [id]);
      await hold('b', [id]);
      const now = await database.keys.centerKeys(ORG);
      expect(now.signer.publicKey).toBe(id);
      expect(now.publicKeys).toEqual([id, first.signer.publicKey]);
    });
  });

  it('keys of entities are wrapped anew under the site’s key of now, a batch at a time', async () => {
    const id = await announceKey(ports, SCOPE, 'site', SITE);
    await aged(SETTLED_MS);
    await hold('a', [id]);
    await hold('b', [id]);
    const held = async (): Promise<number> =>
      (await keysNow()).reduce((sum, key) => sum + (key.level === 'site' ? (key.holds ?? 0) : 0), 0);
    expect(await held()).toBeGreaterThan(4);
    await underLoad(async () => {
      for (let moved = 1; moved > 0; ) moved = await rewrapEntities(ports, SCOPE);
    });
    for (let moved = 1; moved > 0; ) moved = await rewrapEntities(ports, SCOPE);
    expect(await held()).toBe(0);
    const incident = `incident:${document.id}` as const;
    const idsOf = () =>
      asMigrator(database, async (client) => {
        const { rows } = await client.query<{ id: string }>('select id from keys.entity where entity = $1', [incident]);
        return rows.map((row) => row.id);
      });
    const before = await idsOf();
    const { signer } = await database.keys.centerKeys(ORG);
    await log.intake(ORG, (tx) => eraseEntity(tx, incident, 'asked for', signer, world));
    expect(before).toHaveLength(1);
    expect(await idsOf()).not.toContain(before[0]);
    // The document about it was under that key.
    const read = await database.db.inOrg({ org: ORG }, (trx) =>
      readBlob(trx, other, ORG, document.id, document.digest),
    );
    expect(read).toEqual({ state: 'erased' });
  });

  it('secrets are sealed under another key from then on, and open under the one they name', async () => {
    await underLoad(async () => {
      const id = await rotateInner(ports, SCOPE, 'secrets');
      const later = await database.keys.sealFor(ORG, Buffer.from('another'), 'totp|2');
      expect(later.subarray(1, 13).toString('base64url')).toBe(id);
      expect(secret.subarray(1, 13).toString('base64url')).not.toBe(id);
      expect((await database.newRing().unsealFor(ORG, later, 'totp|2'))?.toString()).toBe('another');
      expect(await database.keys.unsealFor(ORG, later, 'totp|1')).toBeNull();
    });
    await rotateOrganisation(ports, SCOPE);
    await readAll(database.newRing());
  });

  it('secrets that are kept are sealed anew, so that the key of before opens none of them; who changes one meanwhile keeps their change', async () => {
    const kept: { readonly table: string; readonly column: string; readonly id: string; readonly context: string }[] =
      [];
    const keep = async (of: (typeof SEALED)[number], id: string, values: string): Promise<void> => {
      const secret = await database.keys.sealFor(ORG, Buffer.from(`secret ${of.table}.${of.column}`), of.contextOf(id));
      await database.db.inOrgClient(SCOPE, (client) => client.query(values, [ORG, secret]));
      kept.push({ table: of.table, column: of.column, id: of.id, context: of.contextOf(id) });
    };
    const [totp, sso, endpoint, old, receipt] = SEALED as [
      (typeof SEALED)[number],
      (typeof SEALED)[number],
      (typeof SEALED)[number],
      (typeof SEALED)[number],
      (typeof SEALED)[number],
    ];
    await database.db.inOrgClient(SCOPE, (client) =>
      client.query(
        `insert into identity.person (org, id, login, name, password, roles, created_at, changed_at) values ($1, 'ann', 'ann', 'Ann', 'x', '{}', 1, 1)`,
        [ORG],
      ),
    );
    await keep(
      totp,
      't',
      `insert into identity.totp (org, id, person, secret, made_at) values ($1, 't', 'ann', $2, 1)`,
    );
    await keep(
      sso,
      ORG,
      `insert into identity.sso (org, settings, client_secret, changed_at) values ($1, '{}', $2, 1)`,
    );
    await keep(
      endpoint,
      'e',
      `insert into webhooks.endpoint (org, id, provider, name, keys, created_at) values ($1, 'e', 'lob', 'X', $2, 1)`,
    );
    await keep(old, 'e', `update webhooks.endpoint set old_keys = $2 where org = $1 and id = 'e'`);
    await keep(
      receipt,
      'r',
      `insert into webhooks.receipt (org, id, endpoint, event, kind, digest, body, bytes, received_at) values ($1, 'r', 'e', 'v', 'k', 'd', $2, 1, 1)`,
    );
    const opened = async (ring: KeyRing): Promise<{ readonly key: string; readonly text: string | undefined }[]> =>
      Promise.all(
        kept.map(async ({ table, column, context }) => {
          const { rows } = await database.db.inOrgClient(SCOPE, (client) =>
            client.query<{ secret: Buffer }>(`select ${column} as secret from ${table} where org = $1`, [ORG]),
          );
          const secret = rows[0]?.secret ?? Buffer.alloc(0);
          const plain = await ring.unsealFor(ORG, secret, context);
          return { key: secret.subarray(1, 13).toString('base64url'), text: plain?.toString() };
        }),
      );
    const first = await opened(database.keys);
    const heldByOld = async (): Promise<number> =>
      (await keysNow()).reduce(
        (n, { level, state, holds }) => n + (level === 'secrets' && state === 'retired' ? (holds ?? 0) : 0),
        0,
      );
    expect(await heldByOld()).toBe(0);
    let id = '';
    await underLoad(async () => {
      id = await rotateInner(ports, SCOPE, 'secrets');
      expect(await heldByOld()).toBe(5);
      // One is changed between its being read and its being put: nothing is put over it.
      const changed = await database.keys.sealFor(ORG, Buffer.from('changed meanwhile'), totp.contextOf('t'));
      const slow = {
        ...ports,
        keys: {
          ...ports.keys,
          unsealFor: async (...of: Parameters<KeyRing['unsealFor']>) => {
            await database.db.inOrgClient(SCOPE, (client) =>
              client.query('update identity.totp set secret = $2 where org = $1', [ORG, changed]),
            );
            return ports.keys.unsealFor(...of);
          },
        },
      };
      await resealSecrets(slow, SCOPE, SEALED);
      for (let moved = 1; moved > 0; ) moved = await resealSecrets(ports, SCOPE, SEALED);
    });
    expect(await heldByOld()).toBe(0);
    const now = await opened(database.newRing());
    expect(now.map(({ key }) => key)).toEqual(kept.map(() => id));
    expect(now.map(({ text }) => text)).toEqual(['changed meanwhile', ...first.slice(1).map(({ text }) => text)]);
  });

  it('leaves out no secret: every column of bytes that identity and webhooks keep is sealed, or named here', async () => {
    const OPEN = ['identity.passkey.public_key'];
    const rows = await asMigrator(database, async (client) => {
      const found = await client.query<{ name: string }>(
        `select table_schema || '.' || table_name || '.' || column_name as name from information_schema.columns
         where table_schema in ('identity', 'webhooks', 'security', 'documents') and data_type = 'bytea' order by 1`,
      );
      return found.rows.map(({ name }) => name);
    });
    const sealed = SEALED.map(({ table, column }) => `${table}.${column}`);
    expect(rows.filter((name) => !name.startsWith('documents.')).sort()).toEqual([...sealed, ...OPEN].sort());
  });

  it('numbers are found throughout while the index is made again under another key', async () => {
    const index = callbackIndex(database.db, database.keys, pino({ level: 'silent' }));
    const found = async (number: string): Promise<number> =>
      database.db.inOrgClient(SCOPE, async (client) => {
        const { rows } = await client.query<{ n: number }>(
          'select count(*)::int as n from cad.callback_index where tag = any ($1)',
          [await index.tagsOf(ORG, number)],
        );
        return rows[0]?.n ?? 0;
      });
    while ((await index.reindex(ORG)) > 0);
    expect(await found('+1 415 555 0142')).toBe(6);
    expect(await found('415-555-0143')).toBe(0);
    await rotateInner(ports, SCOPE, 'index');
    expect(await found('4155550142')).toBe(6);
    expect((await keysNow()).filter(({ level, holds }) => level === 'index' && holds === 6)).toHaveLength(1);
    while ((await index.reindex(ORG)) > 0);
    expect(await found('4155550142')).toBe(6);
    expect((await keysNow()).filter(({ level, holds }) => level === 'index' && holds === 6)).toHaveLength(0);
    const erased = await asMigrator(database, async (client) => {
      const { rows } = await client.query<{ incident: string }>('select incident from cad.callback_index limit 1');
      return `incident:${rows[0]?.incident}` as const;
    });
    const { signer } = await database.keys.centerKeys(ORG);
    await log.intake(ORG, (tx) => eraseEntity(tx, erased, 'asked for', signer, world));
    while ((await index.reindex(ORG)) > 0);
    expect(await found('4155550142')).toBe(5);
  });
});

it('a center of an older build finds its secrets and its state after the organisation’s key was rotated', async () => {
  const { seal } = await import('#sealing/cipher.ts');
  const bytes = await asMigrator(database, async (client) => {
    const { rows } = await client.query<{ wrapped: Buffer }>('select wrapped from keys.organisation');
    // As it was: nothing kept under the organisation's key but sites and signing keys.
    await client.query('delete from keys.inner');
    return database.masters.current.unwrap(rows[0]?.wrapped as Buffer, `qd.org_key.1|${ORG}`);
  });
  const old = seal(bytes as Buffer, Buffer.from('from before'), `qd.org_sealed.1|${ORG}|totp|old`, random);
  await rotateOrganisation({ ...ports, keys: database.newRing() }, SCOPE);
  const ring = database.newRing();
  expect((await ring.unsealFor(ORG, old, 'totp|old'))?.toString()).toBe('from before');
  expect((await verifyRows(database.db, { keys: ring, random }, SCOPE)).different).toEqual([]);
  await asMigrator(database, (client) =>
    client.query(
      `insert into webhooks.endpoint (org, id, provider, name, keys, created_at) values ($1, 'old', 'lob', 'X', $2, 1)`,
      [ORG, old],
    ),
  );
  const unnamed = (await keysNow()).filter(({ id }) => id === 'unnamed');
  expect(unnamed).toMatchObject([{ level: 'secrets', state: 'retired', holds: 1 }]);
});
