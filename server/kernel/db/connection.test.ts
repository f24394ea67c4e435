import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyDatabase } from '../../testing/postgres.ts';
import { onConnection } from './connection.ts';

let database: Awaited<ReturnType<typeof emptyDatabase>>;
beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(() => database?.drop());

it('tells the work of a connection that the server ended between two statements, and the process goes on', async () => {
  const cut = onConnection(database.migratorUrl, async (client) => {
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const over = new Promise((done) => client.once('end', done));
    await onConnection(database.migratorUrl, (other) => other.query('select pg_terminate_backend($1)', [rows[0]?.pid]));
    await over;
    return client.query('select 1');
  });
  // Without a listener the ended connection is an uncaught error, and the run fails with that.
  await expect(cut).rejects.toThrow(/not queryable|terminat|ended/);
});

it('is closed when the work fails, and says what the work said', async () => {
  let ended = false;
  const failing = onConnection(database.migratorUrl, async (client) => {
    client.on('end', () => {
      ended = true;
    });
    throw new Error('the work failed');
  });
  await expect(failing).rejects.toThrow('the work failed');
  expect(ended).toBe(true);
});

it('says that nobody answers', async () => {
  const silent = onConnection('postgres://nobody@127.0.0.1:1/none', async () => 'connected');
  await expect(silent).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
