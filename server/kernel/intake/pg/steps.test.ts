import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { type TestDatabase, testDatabase } from '../../../testing/postgres.ts';
import { takePushes } from '../intake.ts';
import type { Committed, IntakeTransaction } from '../port.ts';
import { preparePush } from '../prepare.ts';
import { verifyHere } from '../signature-checks.ts';
import type { LogUnderTest } from '../testing/log-bench.ts';
import { freshOn } from '../testing/pg-log.ts';
import { pushFrames } from '../testing/push.ts';
import { type Made, newEntity, opening, pushOf, random, type TestStation, testStation } from '../testing/station.ts';
import { pgLog } from './log.ts';

const signer = signerOf(newSigningKey());
const keys = { signer, publicKeys: [signer.publicKey] };
const world = { clock: Date.now, random };
let database: TestDatabase;
let subject: LogUnderTest;
let a: TestStation;
let commits: Committed[];
let admin: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  admin = new pg.Client({ connectionString: database.migratorUrl });
  // One that the server ends tells its next statement.
  admin.on('error', () => undefined);
  await admin.connect();
});
afterAll(async () => {
  await admin?.end();
  await database?.close();
});
beforeEach(async () => {
  subject = await freshOn(database);
  await subject.admit('s', { user: 'ann', roles: ['dispatcher'], validFrom: 0, validUntil: null });
  const [site] = subject.sites;
  a = testStation(`a-${subject.org}`, site, { session: 's', by: 'ann' });
  await subject.enrol({ ...site, station: a.station, key: a.publicKey, revoked: false, revokedAt: null });
  commits = [];
  // What the organisation has is remembered from here on.
  await push(a.append(opening(newEntity('incident'))));
  subject.log.onCommit((change) => void commits.push(change));
});

const push = (...made: readonly Made[]) =>
  pushFrames(subject.log, keys, world, subject.org, a.site.site, pushOf(...made));

/** A step of its own, with something to be done once it is worked out, and before. */
async function step(
  made: readonly Made[],
  then: (tx: IntakeTransaction) => unknown,
  before: () => unknown = () => undefined,
) {
  const prepared = await preparePush(
    subject.log,
    keys.publicKeys,
    verifyHere,
    subject.org,
    a.site.site,
    pushOf(...made),
  );
  const work = async (tx: IntakeTransaction) => {
    await before();
    const taken = await takePushes(tx, [prepared], signer, world);
    await then(tx);
    return taken;
  };
  return subject.log.intake(subject.org, work, undefined, true);
}

/** Holds up every writer of the organisation until what it returns is called. */
async function held(): Promise<() => Promise<unknown>> {
  await admin.query('begin');
  await admin.query('select from kernel.intake where org = $1 for update', [subject.org]);
  return () => admin.query('commit');
}

const backendsWaiting = async (): Promise<readonly number[]> => {
  const { rows } = await admin.query<{ pid: number }>(
    `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows.map(({ pid }) => pid);
};

const noted = (incident: EntityRef, text: string): Made =>
  a.append({ type: 'incident.noted', about: [incident], body: { text } });

const numbersOf = (changes: readonly Committed[]): readonly number[] =>
  changes.flatMap(({ sites }) => [...sites.values()].flatMap(({ items }) => items.map(({ n }) => n)));

it('works out the next step while one is being written, and commits them in their order', async () => {
  const incident = newEntity('incident');
  const first = [a.append(opening(incident)), noted(incident, 'one')];
  const second = [noted(incident, 'two'), a.append(opening(newEntity('incident')))];
  const release = await held();
  const worked: string[] = [];
  const both = Promise.all([step(first, () => worked.push('first')), step(second, () => worked.push('second'))]);
  await expect.poll(() => worked, { timeout: 10_000 }).toEqual(['first', 'second']);
  expect(commits).toEqual([]);
  await release();
  await both;
  // Neither was worked out again.
  expect(worked).toHaveLength(2);
  expect(commits.map(({ facts }) => facts.map(({ id }) => id))).toEqual(
    [first, second].map((made) => made.map(({ fact }) => fact.id)),
  );
  const facts = await subject.log.factsAbout(subject.org, null, incident);
  expect(facts.map(({ id }) => id)).toEqual([...first, second[0] as Made].map(({ fact }) => fact.id));
  const numbers = numbersOf(commits);
  expect(numbers).toEqual(numbers.map((_, i) => (numbers[0] ?? 0) + i));
});

it('works a step out again when the one it followed was not written, and loses neither', async () => {
  const incident = newEntity('incident');
  const first = [a.append(opening(incident))];
  const second = [noted(incident, 'after it')];
  const release = await held();
  const worked: string[] = [];
  const both = Promise.all([step(first, () => worked.push('first')), step(second, () => worked.push('second'))]);
  await expect.poll(() => worked, { timeout: 10_000 }).toEqual(['first', 'second']);
  await expect.poll(backendsWaiting, { timeout: 10_000 }).toHaveLength(1);
  await admin.query('select pg_terminate_backend($1)', [(await backendsWaiting())[0]]);
  await release();
  await both;
  expect(worked.slice(2).sort()).toEqual(['first', 'second']);
  expect(worked.indexOf('first', 2)).toBeLessThan(worked.indexOf('second', 2));
  const facts = await subject.log.factsAbout(subject.org, null, incident);
  expect(facts.map(({ id }) => id)).toEqual([...first, ...second].map(({ fact }) => fact.id));
  const read = await subject.log.read(subject.org, a.site.site, 0, 100);
  expect(read.items.map(({ n }) => n)).toEqual(read.items.map((_, i) => i + 1));
});

it('is followed once: what is worked out again has the organisation to itself, and no number is left out', async () => {
  const release = await held();
  const worked: string[] = [];
  const opened = (): Made[] => [a.append(opening(newEntity('incident')))];
  let tries = 0;
  const all = Promise.all([
    step(opened(), () => worked.push('first')),
    step(
      opened(),
      () => worked.push('second'),
      // Whoever followed the first try of it has time to go on beside the second.
      () => (tries++ === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, 300))),
    ),
    step(opened(), () => worked.push('third')),
  ]);
  await expect.poll(() => worked, { timeout: 10_000 }).toEqual(['first', 'second']);
  await expect.poll(backendsWaiting, { timeout: 10_000 }).toHaveLength(1);
  await admin.query('select pg_terminate_backend($1)', [(await backendsWaiting())[0]]);
  await release();
  await all;
  expect(worked.slice(2)).toEqual(['first', 'second', 'third']);
  const read = await subject.log.read(subject.org, a.site.site, 0, 100);
  expect(read.items.map(({ n }) => n)).toEqual(read.items.map((_, i) => i + 1));
});

it('judges by what holds when it is written: a right that was withdrawn since a step was worked out', async () => {
  const incident = newEntity('incident');
  let times = 0;
  await step([a.append(opening(incident))], async () => {
    if (times++ > 0) return;
    await database.db.inOrgClient({ org: subject.org }, (client) =>
      client.query('update kernel.standing set valid_until = 1 where org = $1', [subject.org]),
    );
  });
  expect(times).toBe(2);
  const types = (await subject.log.factsAbout(subject.org, null, incident)).map(({ type }) => type);
  expect(types).toEqual(['incident.opened', 'fact.contested']);
});

it('works a step out again when another node took in meanwhile', async () => {
  const incident = newEntity('incident');
  let times = 0;
  const other = pgLog(database.db, { keys: database.keys, clock: Date.now, random });
  const [theirs, ours] = [noted(incident, 'theirs'), noted(incident, 'ours')];
  await step([ours], async () => {
    if (times++ === 0) await pushFrames(other, keys, world, subject.org, a.site.site, pushOf(theirs));
  });
  expect(times).toBe(2);
  expect(await subject.log.factsAbout(subject.org, null, incident)).toHaveLength(2);
});

it('has each of its statements planned once for a connection, however short the lists are', async () => {
  const db = database.db.reserve(1);
  try {
    const alone = pgLog(db, { keys: database.keys, clock: Date.now, random });
    const incident = newEntity('incident');
    const take = (made: Made) => pushFrames(alone, keys, world, subject.org, a.site.site, pushOf(made));
    await take(a.append(opening(incident)));
    // As often as PostgreSQL plans anew before it compares.
    for (let i = 0; i < 8; i++) await take(noted(incident, String(i)));
    const { rows } = await db.pool.query<{ name: string; planned_anew: number }>(
      `select name, custom_plans as planned_anew from pg_prepared_statements
       where name like 'flight.step.write.%' and generic_plans + custom_plans >= 8`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ planned_anew }) => planned_anew > 0)).toEqual([]);
  } finally {
    await db.close();
  }
});
