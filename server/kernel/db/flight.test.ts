import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import { type Asking, type Flights, flightsOf } from './flight.ts';

describe('statements that travel together', () => {
  let database: TestDatabase;
  let client: pg.PoolClient;
  let flights: Flights;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    client = await database.db.pool.connect();
    flights = flightsOf(client);
    await flights.query('create temp table kept (id integer primary key, names text[])');
  });
  afterEach(() => client.release(true));

  const kept = async (): Promise<unknown[]> => (await client.query('select * from kept order by id')).rows;

  it('go in one flight where they are asked in one turn, each with its own answer', async () => {
    const sent = vi.spyOn(client, 'query');
    const [, inserted, one, none] = await Promise.all([
      flights.query('begin'),
      flights.query('insert into kept values ($1, $2), (2, null)', [1, ['a "b" \\ {c}', '', 'null']]),
      flights.query<{ id: number; at: number; on: boolean }>({
        name: 'one',
        text: 'select 7 as id, 5000000000::bigint as at, $1::boolean as on',
        values: [true],
      }),
      flights.query('select from kept where id = 9'),
      flights.query('commit'),
    ]);
    expect(sent).toHaveBeenCalledTimes(1);
    expect(inserted.rowCount).toBe(2);
    expect(one.rows).toEqual([{ id: 7, at: 5_000_000_000, on: true }]);
    expect(none).toEqual({ rows: [], rowCount: 0 });
    expect(await kept()).toEqual([
      { id: 1, names: ['a "b" \\ {c}', '', 'null'] },
      { id: 2, names: null },
    ]);
  });

  it('answer a named statement as at first, within a flight and from flight to flight', async () => {
    const named = (id: number) =>
      flights.query<{ id: number; text: string | null }>({
        name: 'named',
        text: 'select $1::integer as id, nullif($2, $3) as text',
        values: [id, 'a', id === 2 ? 'a' : null],
      });
    const rows = (await Promise.all([named(1), named(2)])).map((answer) => answer.rows[0]);
    rows.push((await named(3)).rows[0]);
    expect(rows).toEqual([
      { id: 1, text: 'a' },
      { id: 2, text: null },
      { id: 3, text: 'a' },
    ]);
  });

  it('are not run after one that failed: no commit follows a refused write', async () => {
    const asked = await Promise.allSettled([
      flights.query('begin'),
      flights.query('insert into kept values (1)'),
      flights.query('insert into kept values (1)'),
      flights.query('commit'),
    ]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
    expect(flights.failed()).toBe(true);
    await client.query('rollback');
    expect(await kept()).toEqual([]);
  });

  it('are refused once it has ended, those that had not left yet too', async () => {
    const late = flights.query('insert into kept values (1)');
    flights.end();
    await expect(late).rejects.toThrow('has ended');
    await expect(flights.query('insert into kept values (2)')).rejects.toThrow('has ended');
    expect(await kept()).toEqual([]);
  });
});

describe('a flight that is a transaction', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());
  const put = (asking: Asking, site: string) =>
    asking.query(`insert into kernel.site (org, site, name, created_at) values (kernel.org(), $1, 'x', 1)`, [site]);
  const sites = () =>
    database.db.inFlight({ org: 'alpha' }, (asking) => asking.query<{ site: string }>('select site from kernel.site'));

  it('commits all of it, as the organisation that it entered', async () => {
    await database.db.inFlight({ org: 'alpha', actor: 'ann', reason: 'why' }, (asking) =>
      Promise.all([
        asking.query(`insert into kernel.organisation (org, name, created_at) values ('alpha', 'Alpha', 1)`),
        put(asking, 'north'),
      ]),
    );
    expect((await sites()).rows).toEqual([{ site: 'north' }]);
    const { rows } = await database.db.inFlight({ org: 'alpha' }, (asking) =>
      asking.query(`select actor, reason from audit.entry where tbl = 'kernel.site'`),
    );
    expect(rows).toEqual([{ actor: 'ann', reason: 'why' }]);
    const { rows: unentered } = await database.db.pool.query('select kernel.org() as org');
    expect(unentered).toEqual([{ org: null }]);
  });

  it('keeps nothing where one of its statements was refused', async () => {
    const refused = database.db.inFlight({ org: 'alpha' }, (asking) =>
      Promise.all([put(asking, 'south'), asking.query('select 1 / 0'), put(asking, 'east')]),
    );
    await expect(refused).rejects.toMatchObject({ code: '22012' });
    expect((await sites()).rows).toEqual([{ site: 'north' }]);
  });

  it('takes nothing more once it is on its way', async () => {
    const late = database.db.inFlight({ org: 'alpha' }, async (asking) => {
      await asking.query('select 1');
      return put(asking, 'west');
    });
    await expect(late).rejects.toThrow('has ended');
    expect((await sites()).rows).toEqual([{ site: 'north' }]);
  });

  it('leaves nothing on its way to whoever has the connection next where what asks throws at once', async () => {
    const db = database.db.reserve(1);
    try {
      const thrown = db.inFlight({ org: 'alpha' }, () => {
        throw new Error('there was nothing to ask');
      });
      const next = db.pool.connect().then(async (client) => {
        await client.query('begin');
        const { rows } = await client.query('select kernel.org() as org');
        await client.query('rollback');
        client.release();
        return rows;
      });
      await expect(thrown).rejects.toThrow('nothing to ask');
      expect(await next).toEqual([{ org: null }]);
    } finally {
      await db.close();
    }
  });
});
