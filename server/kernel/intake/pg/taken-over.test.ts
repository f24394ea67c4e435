import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { type TestDatabase, testDatabase } from '../../../testing/postgres.ts';
import { freshOn } from '../testing/pg-log.ts';
import { pushFrames } from '../testing/push.ts';
import { newEntity, opening, pushOf, random, type TestStation, testStation } from '../testing/station.ts';
import { pgLog } from './log.ts';

const signer = signerOf(newSigningKey());
const keys = { signer, publicKeys: [signer.publicKey] };
const world = { clock: Date.now, random };
let database: TestDatabase;
let server: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  const url = new URL(database.migratorUrl);
  url.pathname = '/postgres';
  server = new pg.Client({ connectionString: url.href });
  await server.connect();
});
afterAll(async () => {
  await server?.end();
  await database?.close();
});

it('remembers nothing of a server in whose place another took over that lacks the last of it', async () => {
  const subject = await freshOn(database);
  await subject.admit('s', { user: 'ann', roles: ['dispatcher'], validFrom: 0, validUntil: null });
  const [site] = subject.sites;
  const enrolled = async (name: string): Promise<TestStation> => {
    const made = testStation(`${name}-${subject.org}`, site, { session: 's', by: 'ann' });
    await subject.enrol({ ...site, station: made.station, key: made.publicKey, revoked: false, revokedAt: null });
    return made;
  };
  const [a, b] = [await enrolled('a'), await enrolled('b')];
  const one = subject.log;
  const other = pgLog(database.db, { keys: database.keys, clock: Date.now, random });
  const call = (of: TestStation) => pushOf(of.append(opening(newEntity('incident'))));
  const push = (log: typeof one, input: ReturnType<typeof call>) =>
    pushFrames(log, keys, world, subject.org, site.site, input);

  const name = new URL(database.migratorUrl).pathname.slice(1);
  const behind = `qd_${randomBytes(8).toString('hex')}`;
  const alone = async (): Promise<void> => {
    await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
    await expect
      .poll(async () => (await server.query('select from pg_stat_activity where datname = $1', [name])).rowCount)
      .toBe(0);
  };
  await push(one, call(a));
  await alone();
  await server.query(`create database ${behind} template ${name}`);
  await push(one, call(a));
  // The copy takes over, without the last of them, and another node is the first to take something in.
  await alone();
  await server.query(`alter database ${name} rename to ${behind}_lost`);
  await server.query(`alter database ${behind} rename to ${name}`);
  try {
    await push(other, call(b));
    const { acks, problems } = await push(one, call(a));
    const { log } = a.log();
    expect(acks).toMatchObject([{ log, seq: 1 }]);
    expect(problems).toMatchObject([{ log, seq: 3, from: 2 }]);
  } finally {
    await server.query(`drop database ${behind}_lost with (force)`);
  }
});
