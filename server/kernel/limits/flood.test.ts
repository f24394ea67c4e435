import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EnrolledStation, type TestCenter, testCenter } from '../../testing/center.ts';
import { newEntity, opening, pushOf } from '../intake/testing/station.ts';

let center: TestCenter;
let station: EnrolledStation;
beforeAll(async () => {
  center = await testCenter({ limitsScale: 0.1 });
  station = await center.enrol('Console');
  await pushes(10);
});
afterAll(() => center?.close());

/** Pushes one fact after the other; how long each took. ms, sorted */
async function pushes(count: number): Promise<readonly number[]> {
  const took: number[] = [];
  for (let i = 0; i < count; i++) {
    const made = station.append(opening(newEntity('incident')));
    const began = performance.now();
    const { status } = await station.push(pushOf(made));
    took.push(performance.now() - began);
    expect(status).toBe(200);
  }
  return took.sort((a, b) => a - b);
}
/** Locks a table against everybody until what it returns is called. */
async function holding(table: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: center.migratorUrl });
  // Dropped with its database where a test fails before it lets go.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`begin; lock table ${table} in access exclusive mode`);
  return () => client.end();
}
const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;

/** What a push may take, against a quiet center, while something else is flooded. */
const MOST_TIMES = 10;
/** After which the keys that facts are opened with are read again (keys/kept.ts). */
const KEYS_HELD_MS = 5_100;

describe('facts', () => {
  it('are taken while every connection that others use waits for something else (ASVS 15.4.4)', async () => {
    const quiet = median(await pushes(20));
    const release = await holding('documents.report');
    const waiting = Array.from({ length: 16 }, () =>
      center.call('GET', '/v1/entities/report', undefined, center.adminToken),
    );
    let others = 0;
    for (const each of waiting) void each.then(() => others++);
    const asked = performance.now();
    const sites = center.call('GET', '/v1/sites', undefined, center.adminToken);
    await delay(KEYS_HELD_MS);
    const held = median(await pushes(20));
    const stillWaits = await Promise.race([
      sites.then(() => false),
      new Promise((resolve) => setTimeout(resolve, 1, true)),
    ]);
    expect([others, stillWaits]).toEqual([0, true]);
    expect(held).toBeLessThan(Math.max(quiet, 5) * MOST_TIMES);
    await release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(Array(16).fill(200));
    expect((await sites).status).toBe(200);
    expect(performance.now() - asked).toBeGreaterThan(held);
  });

  it('are taken while reads of the same organisation and address are asked for as fast as they can be (ASVS 2.4.1, 15.2.2)', async () => {
    const quiet = median(await pushes(20));
    let flooding = true;
    const statuses = new Map<number, number>();
    const flood = Array.from({ length: 12 }, async () => {
      while (flooding) {
        const { status } = await center.call('GET', '/v1/entities/incident?limit=100', undefined, center.adminToken);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    const flooded = median(await pushes(20));
    const until = Date.now() + 25_000;
    while ((statuses.get(429) ?? 0) < 50 && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 100));
    const turnedAway = median(await pushes(20));
    flooding = false;
    await Promise.all(flood);
    expect(statuses.get(429) ?? 0).toBeGreaterThanOrEqual(50);
    expect(flooded).toBeLessThan(Math.max(quiet, 5) * MOST_TIMES);
    expect(turnedAway).toBeLessThan(Math.max(quiet, 5) * MOST_TIMES);
    const last = await station.push(pushOf(station.append(opening(newEntity('incident')))));
    expect(last.headers.get('ratelimit-policy')).toMatch(/^"emergency-/);
    const ms = [quiet, flooded, turnedAway].map((each) => each.toFixed(1)).join(', ');
    process.stdout.write(`a push took, quiet, flooded, flood turned away: ${ms} ms (medians)\n`);
  });
});
