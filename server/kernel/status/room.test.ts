import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';
import { watchRoom } from './room.ts';

let center: TestCenter;
beforeEach(async () => {
  center = await testCenter();
});
afterEach(() => center?.close());

const ready = async (): Promise<unknown> => {
  const response = await fetch(`${center.url}/ready`);
  const { status, code } = (await response.json()) as { readonly status: unknown; readonly code?: string };
  return [response.status, code ?? status];
};
const figure = async (): Promise<string | undefined> => {
  const token = readFileSync(join(center.dataDir, 'metrics.token'), 'utf8').trim();
  const response = await fetch(`${center.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  return /^qd_database_full(?:\{[^}]*\})? (\d)$/m.exec(await response.text())?.[1];
};

it('is missed by whoever asks whether the center is ready, until there is some again', async () => {
  const station = await center.enrol('Console A');
  const facts = pushOf(station.append(opening(newEntity('incident'))));
  expect([await ready(), await figure()]).toEqual([[200, 'ready'], '0']);
  // As PostgreSQL refuses where it cannot make a file longer.
  await asMigrator(center, (client) =>
    client.query(`create function kernel.full() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      create trigger disk_is_full before insert on kernel.fact execute function kernel.full()`),
  );
  expect((await station.push(facts)).status).toBeGreaterThanOrEqual(500);
  expect([await ready(), await figure()]).toEqual([[503, 'center.disk_full'], '1']);
  await asMigrator(center, (client) => client.query('drop trigger disk_is_full on kernel.fact'));
  // By itself, though nobody writes.
  await expect.poll(ready, { timeout: 20_000, interval: 500 }).toEqual([200, 'ready']);
  expect(await figure()).toBe('0');
  expect((await station.push(facts)).status).toBe(200);
}, 60_000);

it('is looked for while there is none, and said once when it goes and when it is back', async () => {
  const db = await center.application();
  const said: string[] = [];
  const logger = pino(
    { level: 'warn' },
    { write: (line) => void said.push((JSON.parse(line) as { msg: string }).msg) },
  );
  const changes: boolean[] = [];
  let looks = 0;
  let refused = (): void => undefined;
  const answers = ['none', 'away', 'none', 'room'];
  const room = watchRoom(
    {
      onDiskFull: (listener) => {
        refused = listener;
      },
      hasRoom: async () => {
        const answer = answers[looks++];
        if (answer === 'away') throw new Error('it does not answer');
        return answer === 'room' && db.hasRoom();
      },
    },
    logger,
    (isThere) => void changes.push(isThere),
    10,
  );
  try {
    expect(room.isThere()).toBe(true);
    refused();
    refused();
    expect(room.isThere()).toBe(false);
    await expect.poll(room.isThere).toBe(true);
    expect([looks, changes, said.length]).toEqual([4, [false, true], 2]);
    refused();
    expect(room.isThere()).toBe(false);
  } finally {
    await room.stop();
    await db.close();
  }
});

it('is looked for on the disk of the database itself, and leaves nothing there', async () => {
  const db = await center.application();
  try {
    const written = (): Promise<number> =>
      asMigrator(center, async (client) => {
        const { rows } = await client.query<{ bytes: number }>(
          'select temp_bytes::bigint as bytes from pg_stat_database where datname = current_database()',
        );
        return Number(rows[0]?.bytes);
      });
    const before = await written();
    expect(await db.hasRoom()).toBe(true);
    // The connection that looked says so now, and not in ten seconds, as one with nothing to do does.
    await db.pool.query('select pg_stat_force_next_flush()');
    await expect.poll(written, { timeout: 20_000 }).toBeGreaterThan(before + 2_000_000);
    const left = await asMigrator(
      center,
      async (client) => (await client.query('select from pg_ls_tmpdir()')).rowCount,
    );
    expect(left).toBe(0);
  } finally {
    await db.close();
  }
}, 30_000);
