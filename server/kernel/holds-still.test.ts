import { expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../testing/postgres.ts';
import { holdsStill } from './holds-still.ts';
import type { AuthenticatedUser, Bearers } from './http/auth.ts';
import { cachedBearers } from './http/cached-bearers.ts';
import { circumstancesFrom } from './organisation/circumstances.ts';

it('holds for its life by a clock that goes on, and no longer by one that is set back', () => {
  expect(holdsStill(1_500, 1_000, 1_000)).toBe(true);
  expect(holdsStill(1_000, 1_000, 1_000)).toBe(false);
  expect(holdsStill(3_601_000, 1_000, 1_000)).toBe(false);
});

it('asks anew who a token speaks for once the clock was set back: whoever was taken away was let in until it caught up', async () => {
  let now = 8 * 3_600_000;
  let known = true;
  const found = { kind: 'user', user: 'ann' } as unknown as AuthenticatedUser;
  const asked = async () => (known ? found : null);
  const bearers = { userOf: asked, deviceOf: async () => null, stands: async () => true } as unknown as Bearers;
  const { userOf } = cachedBearers(bearers, () => now);
  expect(await userOf('token')).toBe(found);
  known = false;
  now = 1_000;
  expect(await userOf('token')).toBeNull();
});

it('honours how an organisation stands once the clock was set back', async () => {
  const database: TestDatabase = await testDatabase();
  try {
    let now = 8 * 3_600_000;
    const run = (text: string) => database.db.inOrgClient({ org: 'o' }, (client) => client.query(text));
    await run(`insert into kernel.organisation (org, name, created_at) values ('o', 'O', 1)`);
    const circumstancesOf = circumstancesFrom(database.db, () => now);
    expect((await circumstancesOf('o')).state).toBe('ACTIVE');
    await run(`update kernel.organisation set state = 'SUSPENDED'`);
    now = 1_000;
    expect((await circumstancesOf('o')).state).toBe('SUSPENDED');
  } finally {
    await database.close();
  }
});
