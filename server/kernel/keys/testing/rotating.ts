/**
 * An organisation whose keys are rotated: a site with two workstations and one that is revoked, six incidents, a secret and a
 * document, all of which two nodes of the center read.
 */
import { expect } from 'vitest';
import { type EntityRef, idOf } from '#domain/kernel/ids.ts';
import { readBlob, storeBlob } from '../../../modules/documents/blobs.ts';
import { WEBHOOK_SECRETS } from '../../../modules/webhooks/endpoints.ts';
import { asMigrator, type TestDatabase, testDatabase } from '../../../testing/postgres.ts';
import { TOTP_SECRET } from '../../identity/second-factor/given.ts';
import { SSO_SECRET } from '../../identity/sso/settings.ts';
import { openKeys } from '../../intake/open.ts';
import { pgLog, type StoredLog } from '../../intake/pg/log.ts';
import { pushFrames } from '../../intake/testing/push.ts';
import { newEntity, opening, pushOf, random, type TestStation, testStation } from '../../intake/testing/station.ts';
import { verifyAllRows } from '../../verification/testing/all-rows.ts';
import type { KeyRing } from '../ring.ts';
import type { RotationPorts } from '../rotate.ts';
import { keysOf } from '../shown.ts';

/** Every secret that parts of the center keep. */
export const SEALED = [TOTP_SECRET, SSO_SECRET, ...WEBHOOK_SECRETS];
export const ORG = 'rotating';
export const SITE = 'rotating-one';
export const SCOPE = { org: ORG, actor: 'ann' };
export const world = { clock: Date.now, random };

export interface Rotating {
  readonly database: TestDatabase;
  readonly log: StoredLog;
  readonly ports: RotationPorts;
  /** The keys as a second node has them; a test may give that node others. */
  other: KeyRing;
  /** Sites whose rosters were said to have changed. */
  readonly told: readonly string[];
  /** Sealed for the organisation, in the context `totp|1`. */
  readonly secret: Buffer;
  readonly document: Stored;
  readonly station: TestStation;
  /** A station that signs with that key and seals under the key of its site that is in use now. */
  readonly stationWith: (privateKey: string) => Promise<TestStation>;
  /** An incident comes in from a station. */
  readonly take: (incident: EntityRef, of?: TestStation) => Promise<void>;
  /** All that a node can read: every entity folded anew and its row opened, the secret, the document. */
  readonly readAll: (keys: KeyRing) => Promise<void>;
  /** Runs something while both nodes read and facts are taken; what went wrong there comes out here. */
  readonly underLoad: (work: () => Promise<void>) => Promise<void>;
  readonly keysNow: () => ReturnType<typeof keysOf>;
  readonly hold: (name: string, ids: readonly string[]) => ReturnType<KeyRing['held']>;
  /** As if the keys that wait had been made so long ago, ms. */
  readonly aged: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Stored {
  readonly id: string;
  readonly digest: string;
}

export async function rotating(): Promise<Rotating> {
  const database = await testDatabase();
  const { db, keys, masters } = database;
  const told: string[] = [];
  await organisation(database);
  const stationWith = async (privateKey?: string): Promise<TestStation> => {
    const [siteKey] = await keys.siteKeys(ORG, SITE);
    if (!siteKey) throw new Error('the site has no key');
    const options = { session: 's', by: 'ann', ...(privateKey ? { privateKey } : {}) };
    return testStation('a', { org: ORG, site: SITE, siteKey }, options);
  };
  const station = await stationWith();
  await enrolled(database, station);
  const log = pgLog(db, { keys, ...world });
  const take: Rotating['take'] = async (incident, of = station) => {
    const made = of.append(opening(incident, { caller: 'Rosa', callback: '(415) 555-0142' }));
    await pushFrames(log, await keys.centerKeys(ORG), world, ORG, SITE, pushOf(made));
  };
  for (let n = 0; n < 5; n++) await take(newEntity('incident'));
  const secret = await keys.sealFor(ORG, Buffer.from('a shared secret'), 'totp|1');
  const incident = newEntity('incident');
  await take(incident);
  const document = await stored(database, log, incident);

  const readAll: Rotating['readAll'] = async (ring) => {
    const { different } = await verifyAllRows(db, { keys: ring, random }, SCOPE);
    expect(different).toEqual([]);
    expect((await ring.unsealFor(ORG, secret, 'totp|1'))?.toString()).toBe('a shared secret');
    const read = await db.inOrg({ org: ORG }, (trx) => readBlob(trx, ring, ORG, document.id, document.digest));
    expect(read).toMatchObject({ state: 'read' });
  };

  const at: Rotating = {
    database,
    log,
    ports: { db, keys, masters, ...world, rosterChanged: (_org, site) => void told.push(site) },
    other: database.newRing(),
    told,
    secret,
    document,
    station,
    stationWith,
    take,
    readAll,
    underLoad: async (work) => {
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
        until(() => readAll(keys)),
        until(() => readAll(at.other)),
        until(() => take(newEntity('incident'))),
      ];
      await work();
      // They have gone on after it, however busy the machine is.
      const worked = turns;
      await expect.poll(() => turns).toBeGreaterThan(worked + 3);
      running = false;
      await Promise.all(load);
      expect(wrong).toEqual([]);
      await readAll(keys);
      await readAll(database.newRing());
    },
    keysNow: () => db.inOrgClient(SCOPE, (client) => keysOf(client, ORG, masters.current.id, SEALED)),
    hold: (name, ids) => keys.held(ORG, SITE, name, ids),
    aged: (ms) =>
      db.inOrgClient(SCOPE, async (client) => {
        await client.query('update keys.site set created_at = created_at - $1::bigint where active_at is null', [ms]);
        await client.query('update keys.signing set created_at = created_at - $1::bigint where active_at is null', [
          ms,
        ]);
      }),
    close: database.close,
  };
  return at;
}

const insert = (database: TestDatabase, text: string, values: unknown[]) =>
  database.db.inOrgClient({ org: ORG }, (client) => client.query(`insert into kernel.${text}`, values));

async function organisation(database: TestDatabase): Promise<void> {
  await insert(database, 'organisation (org, name, created_at) values ($1, $1, 1)', [ORG]);
  await database.keys.createOrganisation(ORG);
  await insert(database, 'site (org, site, name, created_at) values ($1, $2, $2, 1)', [ORG, SITE]);
  await database.keys.createSite(ORG, SITE);
}

/** Stations a and b, one that is gone, and whoever is signed in at the first. */
async function enrolled(database: TestDatabase, a: TestStation): Promise<void> {
  for (const [name, revoked] of [
    ['a', null],
    ['b', null],
    ['gone', 1],
  ] as const) {
    const key = name === 'a' ? a.publicKey : `key of ${name}`;
    await insert(
      database,
      'device (org, station, site, name, short, key, enrolled_at, revoked_at) values ($1, $2, $3, $2, $2, $4, 1, $5)',
      [ORG, name, SITE, key, revoked],
    );
  }
  await insert(
    database,
    `standing (org, session, user_id, roles, valid_from, valid_until) values ($1, 's', 'ann', '{dispatcher}', 0, null)`,
    [ORG],
  );
}

/** A document about an incident, under the incident's own key. */
async function stored(database: TestDatabase, log: StoredLog, incident: EntityRef): Promise<Stored> {
  const [envelope] = await asMigrator(database, async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from keys.entity where entity = $1', [incident]);
    return rows;
  });
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
