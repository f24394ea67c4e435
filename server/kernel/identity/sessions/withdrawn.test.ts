import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../../testing/postgres.ts';
import { hearWithdrawn, type Withdrawn } from './withdrawn.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

it('takes what it cannot read for something missed, and hears on', async () => {
  const heard: (Withdrawn | null)[] = [];
  const stop = hearWithdrawn(database.db, (of) => void heard.push(of));
  const say = (text: string) => database.db.pool.query('select pg_notify($1, $2)', ['qd_withdrawn', text]);
  const good = { org: 'alpha', station: 's' };
  try {
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([null]);
    await say('{"org": ');
    await say('{"org": 5}');
    await say(JSON.stringify(good));
    await expect.poll(() => heard, { timeout: 10_000 }).toEqual([null, null, null, good]);
  } finally {
    await stop();
  }
});
