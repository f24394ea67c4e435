import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ENTITY_ERASED } from '#domain/kernel/kernel.ts';
import { SnapshotSchema } from '#domain/wire/sync.ts';
import { type EnrolledStation, type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';
import { shareSnapshots } from './shared-snapshots.ts';

let center: TestCenter;
let a: EnrolledStation;
let b: EnrolledStation;
beforeAll(async () => {
  center = await testCenter();
  a = await center.enrol('Console A');
  b = await center.enrol('Console B');
  await a.push(pushOf(a.append(opening(newEntity('incident')))));
});
afterAll(() => center?.close());

const snapshot = async (of: EnrolledStation): Promise<number> =>
  SnapshotSchema.parse((await center.call('GET', '/v1/sync/snapshot', undefined, of.token)).body).cursor.n;

/** Works while nobody can read which entities a site holds: a center that is slow to make a snapshot. */
async function whileSlow<T>(work: (migrator: pg.Client) => Promise<T>): Promise<T> {
  return asMigrator(center, async (migrator) => {
    await migrator.query('begin; lock table kernel.entity_site in access exclusive mode');
    const done = await work(migrator);
    await migrator.query('rollback');
    return done;
  });
}

/** Snapshots that PostgreSQL works on. */
async function making(migrator: pg.Client): Promise<number> {
  const { rows } = await migrator.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity where datname = current_database()
       and state = 'active' and wait_event_type = 'Lock' and query like '%fresh as%'`,
  );
  return rows[0]?.n ?? 0;
}

/** Asks as a workstation does, and goes where nothing has come for a while. */
async function askedInVain(of: EnrolledStation): Promise<void> {
  const headers = center.proven('GET', '/v1/sync/snapshot', of.token);
  const asked = fetch(`${center.url}/v1/sync/snapshot`, { headers, signal: AbortSignal.timeout(1_500) });
  await expect(asked).rejects.toThrow();
}

it('is made once for all who ask for it, and for whoever asks again', async () => {
  const asked = await whileSlow(async (migrator) => {
    await Promise.all([askedInVain(a), askedInVain(b)]);
    const again = Promise.all([snapshot(a), snapshot(b)]);
    await expect.poll(() => making(migrator)).toBe(1);
    await delay(300);
    expect(await making(migrator)).toBe(1);
    return { again };
  });
  const [ofA, ofB] = await asked.again;
  expect(ofA).toBe(ofB);
  expect(ofA).toBeGreaterThan(0);
}, 60_000);

it('is kept for whoever asked for it and went, where it took long; otherwise the next is of now', async () => {
  const before = await snapshot(a);
  await whileSlow(async () => {
    await askedInVain(a);
    await delay(5_000);
  });
  await a.push(pushOf(a.append(opening(newEntity('incident')))));
  await whileSlow(async () => expect(await snapshot(a)).toBe(before));
}, 60_000);

it('is made anew once an entity was erased, or another epoch has begun', async () => {
  let epoch = 'first';
  let made = 0;
  let committed: Parameters<Parameters<typeof shareSnapshots>[0]['onCommit']>[0] = () => undefined;
  const log: Parameters<typeof shareSnapshots>[0] = {
    epoch: async () => epoch,
    onCommit: (listener) => {
      committed = listener;
      return () => undefined;
    },
  };
  // Each counts as one that took long.
  const snapshotOf = shareSnapshots(log, async () => ({ epoch, text: String(++made) }), 0);
  expect([await snapshotOf('alpha', 'here'), await snapshotOf('alpha', 'here')]).toEqual(['1', '1']);
  expect(await snapshotOf('alpha', 'there')).toBe('2');
  const change = (org: string, type: string): void => committed({ org, facts: [{ type }] } as never);
  change('alpha', 'incident.noted');
  change('beta', 'entity.erased');
  expect(await snapshotOf('alpha', 'here')).toBe('1');
  change('alpha', ENTITY_ERASED);
  expect(await snapshotOf('alpha', 'here')).toBe('3');
  epoch = 'second';
  expect([await snapshotOf('alpha', 'here'), await snapshotOf('alpha', 'here')]).toEqual(['4', '4']);
});
