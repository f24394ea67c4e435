import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Cable, openProxy } from '../../../server-bridge/sync/testing/proxy.ts';
import { type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import { listenOn } from './listen.ts';

let database: TestDatabase;
let cable: Cable;
beforeAll(async () => {
  database = await testDatabase();
  cable = await openProxy(Number(new URL(database.migratorUrl).port));
});
afterAll(async () => {
  cable.close();
  await database.close();
});

/** Through the cable. */
function listening(askEvery: number): { readonly heard: (string | null)[]; readonly stop: () => Promise<void> } {
  const url = new URL(database.migratorUrl);
  url.port = String(cable.port);
  const heard: (string | null)[] = [];
  return { heard, stop: listenOn(url.href, 'said', (said) => heard.push(said), askEvery) };
}
const say = (what: string): Promise<unknown> => database.db.pool.query(`select pg_notify('said', $1)`, [what]);

it('hears what is said, and after a break that it may have missed something', async () => {
  const { heard, stop } = listening(5_000);
  await vi.waitUntil(() => heard.length === 1, 10_000);
  await say('one');
  await vi.waitUntil(() => heard.length === 2, 10_000);
  cable.cut();
  await vi.waitUntil(() => heard.length === 3, 10_000);
  await say('two');
  await vi.waitUntil(() => heard.length === 4, 10_000);
  expect(heard).toEqual([null, 'one', null, 'two']);
  await stop();
});

it('notices a connection that goes silent and never breaks', async () => {
  const { heard, stop } = listening(200);
  await vi.waitUntil(() => heard.length === 1, 10_000);
  cable.stall = true;
  await say('missed');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(heard).toEqual([null]);
  cable.stall = false;
  await vi.waitUntil(() => heard.length > 1, 10_000);
  expect(heard.every((said) => said === null)).toBe(true);
  // Said again: a connection that a busy machine answers late is given up as well, and what is said before the next is missed.
  const hears = (): Promise<boolean> => say('heard').then(() => heard.includes('heard'));
  await vi.waitUntil(hears, { timeout: 10_000, interval: 100 });
  await stop();
});
