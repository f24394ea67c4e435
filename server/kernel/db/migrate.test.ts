import { expect, it } from 'vitest';
import { asMigrator, emptyDatabase } from '../../testing/postgres.ts';
import { migrate } from './migrate.ts';

const asked = (migratorUrl: string) => migrate(migratorUrl).catch(({ code, message }) => ({ code, message }));

it('says in one sentence what the role lacks that is to make the schema', async () => {
  const { migratorUrl, drop } = await emptyDatabase();
  const url = new URL(migratorUrl);
  url.username = `${url.pathname.slice(1)}_guest`;
  url.password = 'none';
  const may = (text: string) => asMigrator({ migratorUrl }, (client) => client.query(text));
  const denied = {
    code: 'schema.denied',
    message: expect.stringMatching(/^The role in DATABASE_URL may not [^\n]* CREATEROLE\.$/),
  };
  try {
    await may(`create role ${url.username} login password 'none'`);
    // Whoever may make nothing there, and whoever may make no role.
    expect(await asked(url.href)).toEqual(denied);
    await may(`alter database ${url.pathname.slice(1)} owner to ${url.username}`);
    expect(await asked(url.href)).toEqual(denied);
    await may(`alter role ${url.username} createrole`);
    expect(await asked(url.href)).toContain(1);
  } finally {
    await drop();
    await may(`drop role ${url.username}`).catch(() => undefined);
  }
});

it('says which migration failed and what to do, and keeps nothing of it', async () => {
  const { migratorUrl, drop } = await emptyDatabase();
  const migration = (version: number, sql: string) => ({ version, name: `00${version}_x.sql`, sql, checksum: sql });
  const first = migration(1, 'create table kernel.one ()');
  try {
    await expect(
      migrate(migratorUrl, [first, migration(2, 'create table kernel.two (); select 1 / 0')]),
    ).rejects.toMatchObject({
      code: 'schema.failed',
      message: expect.stringMatching(
        /^Migration 002_x\.sql failed, and nothing of it was kept \(division by zero\); [^\n]*\.$/,
      ),
    });
    expect(await migrate(migratorUrl, [first, migration(2, 'create table kernel.two ()')])).toEqual([2]);
  } finally {
    await drop();
  }
});
