import { sql } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import { openDatabase } from './database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
  await database.db.inOrgClient({ org: 'alpha' }, (client) => client.query(NEW, ['alpha']));
});
afterAll(() => database.close());

const NEW = 'insert into kernel.organisation (org, name, created_at) values ($1, $1, 1)';
const names = (): Promise<unknown> =>
  database.db.inOrgClient({ org: 'alpha' }, async (client) => {
    const { rows } = await client.query('select name from kernel.organisation');
    return rows;
  });
const rename = (client: pg.ClientBase, name: string): Promise<unknown> =>
  client.query('update kernel.organisation set name = $1', [name]);

describe('a transaction of an organisation', () => {
  it('is begun and entered in one round trip, and sees what it entered', async () => {
    const client = await database.db.pool.connect();
    const sent = vi.spyOn(client, 'query');
    client.release();
    const org = await database.db.inOrgClient({ org: 'alpha', actor: 'ann' }, async (held) => {
      // The connection that was used last is used again.
      expect(held).toBe(client);
      expect(sent).toHaveBeenCalledTimes(1);
      const { rows } = await held.query(`select kernel.org() as org, current_setting('qd.actor') as actor`);
      return rows[0];
    });
    sent.mockRestore();
    expect(org).toEqual({ org: 'alpha', actor: 'ann' });
  });

  it('is the same for statements that Kysely writes', async () => {
    type Tables = { 'kernel.organisation': { org: string; name: string } };
    const changed = await database.db.inOrg<Tables, bigint>({ org: 'alpha' }, async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('kernel.organisation')
        .set({ name: 'Alpha' })
        .where('org', '=', 'alpha')
        .executeTakeFirstOrThrow();
      return numUpdatedRows;
    });
    expect(changed).toBe(1n);
    expect(await names()).toEqual([{ name: 'Alpha' }]);
    const asked = database.db.inOrg({ org: 'alpha' }, async (trx) => {
      await sql`update kernel.organisation set name = 'Beta'`.execute(trx);
      throw new Error('thought better of');
    });
    await expect(asked).rejects.toThrow('thought better of');
    expect(await names()).toEqual([{ name: 'Alpha' }]);
  });

  it('is not called done where a statement of it failed and was passed over: nothing of it was kept', async () => {
    const asked = database.db.inOrgClient({ org: 'alpha' }, async (client) => {
      await rename(client, 'Gamma');
      await client.query('select 1 / 0').catch(() => undefined);
    });
    await expect(asked).rejects.toThrow('passed over');
    expect(await names()).toEqual([{ name: 'Alpha' }]);
  });

  it('sees one moment where that is asked for', async () => {
    const seen = await database.db.inOrgClient(
      { org: 'alpha' },
      async (client) => {
        const before = await client.query('select name from kernel.organisation');
        await database.db.inOrgClient({ org: 'alpha' }, (other) => rename(other, 'Delta'));
        const after = await client.query('select name from kernel.organisation');
        return [before.rows, after.rows];
      },
      'moment',
    );
    expect(seen).toEqual([[{ name: 'Alpha' }], [{ name: 'Alpha' }]]);
    expect(await names()).toEqual([{ name: 'Delta' }]);
  });

  it('that its node left without a word holds up the others no longer than it may wait', async () => {
    const { connectionString = '' } = database.db.pool.options;
    const gone = openDatabase(connectionString, { leftBehindMs: 300 });
    const [holds, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const left = gone.inOrgClient({ org: 'alpha' }, async (client) => {
      await rename(client, 'Lost');
      holds.resolve();
      await over.promise;
    });
    left.catch(() => undefined);
    await holds.promise;
    await database.db.inOrgClient({ org: 'alpha' }, (client) => rename(client, 'Kept'));
    over.resolve();
    await expect(left).rejects.toThrow();
    await gone.close();
    expect(await names()).toEqual([{ name: 'Kept' }]);
    const { rows } = await database.db.pool.query('show idle_in_transaction_session_timeout');
    expect(rows).toEqual([{ idle_in_transaction_session_timeout: '30s' }]);
  });
});
