import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import { binaryArray } from './binary-array.ts';
import { flightsOf } from './flight.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

it('is read by PostgreSQL as what it was, type by type, with nothing and with nulls in it', async () => {
  const texts = ['a "b" \\ {c}', '', null, 'Größe 東京 🚑', 'NULL'];
  const longs = [0, -1, null, 1_700_000_000_000, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const integers = [0, -7, null, 2_147_483_647];
  const switches = [true, null, false];
  const bytes = [Buffer.from([0, 255, 92]), null, Buffer.alloc(0)];
  const client = await database.db.pool.connect();
  try {
    const { rows } = await flightsOf(client).query<object>(
      'select $1::text[] as texts, $2::bigint[] as longs, $3::integer[] as integers, $4::boolean[] as switches, $5::bytea[] as bytes, $6::text[] as none',
      [
        binaryArray('text', texts),
        binaryArray('bigint', longs),
        binaryArray('integer', integers),
        binaryArray('boolean', switches),
        binaryArray('bytea', bytes),
        binaryArray('text', []),
      ],
    );
    // Arrays of bigint come back as text: no parser of ours is over them.
    const said = longs.map((one) => (one === null ? null : String(one)));
    expect(rows).toEqual([{ texts, longs: said, integers, switches, bytes, none: [] }]);
  } finally {
    client.release();
  }
});

it('holds each value to its type', () => {
  expect(() => binaryArray('bigint', ['1'])).toThrow('not of type');
  expect(() => binaryArray('text', [1])).toThrow('not of type');
});
