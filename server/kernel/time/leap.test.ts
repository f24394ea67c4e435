import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEMO_ORG } from '../../modules/demo/sign-in.ts';
import { type TestCenter, testCenter } from '../../testing/center.ts';
import { asMigrator } from '../../testing/postgres.ts';
import { untilSealed } from '../../testing/sealed.ts';
import { startDaily } from '../organisation/daily.ts';
import { destroyOrganisation } from '../organisation/destroy.ts';
import { databaseNow, newestSeal } from './evidence.ts';
import { type TimeWatch, watchTime } from './leap.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 28, 8);

describe('the time', () => {
  let folder: string;
  let now: number;
  let passed: number;
  let open: TimeWatch[];
  let told: boolean[];
  let said: unknown[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'qd-clock-'));
    [now, passed, open, told, said] = [START, 0, [], [], []];
  });
  afterEach(async () => {
    for (const one of open) await one.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const watch = async (newest: number | null = START, theirs: () => number = () => now): Promise<TimeWatch> => {
    const made = await watchTime({
      file: join(folder, 'clock.json'),
      newest: async () => newest,
      databaseNow: async () => theirs(),
      clock: () => now,
      elapsed: () => passed,
      logger: { error: (...of: unknown[]) => said.push(...of), warn: () => undefined },
      changed: (leapt) => told.push(leapt),
    });
    open.push(made);
    return made;
  };
  const pass = (ms: number): void => {
    now += ms;
    passed += ms;
  };

  it('is believed for as long as it passes, and over a pause of a month', async () => {
    const time = await watch();
    pass(400 * DAY);
    expect(await time.objection()).toBeNull();
    await time.stop();
    now += 30 * DAY;
    expect(await (await watch(null)).objection()).toBeNull();
    expect(told).toEqual([]);
  });

  it('is not believed where it leaps by years, also after a start and whatever the database was given since', async () => {
    const time = await watch();
    now += 7 * 365 * DAY;
    const why = 'The center’s clock says 2033-11-26, and by all that it knows it is 2026-11-28: nothing is removed';
    expect(await time.objection()).toContain(why);
    expect(said).toContainEqual({ clock: '2033-11-26', believed: '2026-11-28' });
    await time.stop();
    pass(3 * DAY);
    const started = await watch(now);
    expect(await started.objection()).toContain('2033-11-29');
    now = START + 3 * DAY;
    expect(await started.objection()).toBeNull();
    expect(told).toEqual([true, true, false]);
  });

  it('is held against the newest seal where nothing was kept beside the database', async () => {
    now += 90 * DAY;
    expect(await (await watch(START)).objection()).toContain('2026-11-28');
    rmSync(join(folder, 'clock.json'));
    expect(await (await watch(null)).objection()).toBeNull();
  });

  it('is not taken back by a clock that was not set yet', async () => {
    const time = await watch();
    now = 0;
    expect(await time.objection()).toBeNull();
    now = START + DAY;
    expect(await time.objection()).toBeNull();
  });

  it('is believed at the word of the operator, and leaps no less from there', async () => {
    const time = await watch();
    now += 60 * DAY;
    expect(await time.objection()).not.toBeNull();
    expect(await time.believe()).toBe(START);
    expect(await time.objection()).toBeNull();
    expect(JSON.parse(readFileSync(join(folder, 'clock.json'), 'utf8'))).toEqual({ believed: now, leapt: false });
    now += 60 * DAY;
    expect(await time.objection()).not.toBeNull();
  });

  it('removes nothing while the database’s clock says another', async () => {
    const time = await watch(START, () => now + 8 * 365 * DAY);
    expect(await time.objection()).toContain('and its database’s 2034-11-26');
  });
});

describe('a center whose clock leapt', () => {
  let center: TestCenter;
  let folder: string;
  beforeAll(async () => {
    center = await testCenter();
    folder = mkdtempSync(join(tmpdir(), 'qd-clock-'));
    await untilSealed(center, DEMO_ORG);
  });
  afterAll(async () => {
    await center?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('does no chore until it is believed, and says why each time', async () => {
    const db = await center.application();
    let ahead = 8 * 365 * DAY;
    const sealed = (await newestSeal(db)) ?? 0;
    expect(sealed).toBeGreaterThan(Date.now() - DAY);
    const errors: string[] = [];
    const logger = { error: (text: string) => void errors.push(text), warn: () => undefined };
    const time = await watchTime({
      file: join(folder, 'clock.json'),
      newest: () => newestSeal(db),
      // Both on one machine: its clock was set forward, and the database's with it.
      databaseNow: async () => (await databaseNow(db)) + ahead,
      clock: () => Date.now() + ahead,
      elapsed: () => performance.now(),
      logger: { error: () => undefined, warn: () => undefined },
      changed: () => undefined,
    });
    const done: string[] = [];
    const chores = [{ failing: 'nothing', work: async (org: string) => void done.push(org) }];
    const stop = startDaily(db, chores, logger as never, time.objection, 1);
    await vi.waitUntil(() => errors.length > 0, 10_000);
    await stop();
    expect([done, errors]).toEqual([[], [expect.stringContaining('nothing is removed by it')]]);
    ahead = 0;
    const again = startDaily(db, chores, logger as never, time.objection, 1);
    await vi.waitUntil(() => done.includes(DEMO_ORG), 10_000);
    await again();
    await time.stop();
    await db.close();
  });

  it('destroys no keys that only such a clock has due', async () => {
    const db = await center.application();
    const operator = readFileSync(join(center.dataDir, 'operator.token'), 'utf8').trim();
    const move = (state: string) =>
      center.call('POST', `/v1/operator/organisations/${DEMO_ORG}/state`, { state, reason: 'asked for' }, operator);
    expect((await move('TERMINATED')).status).toBe(200);
    const ports = {
      db,
      clock: () => Date.now() + 8 * 365 * DAY,
      time: { objection: async () => 'The clock leapt.' },
      dataDir: folder,
    };
    const refused = await destroyOrganisation(ports as never, { actor: 'operator' }, DEMO_ORG, 'asked for');
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'clock.leapt' } });
    expect((await move('ACTIVE')).status).toBe(200);
    await db.close();
  });

  it('is told by its operator that it is right, by the day that it is', async () => {
    const token = readFileSync(join(center.dataDir, 'operator.token'), 'utf8').trim();
    const say = (today: string) => center.call('POST', '/v1/operator/clock', { today }, token);
    expect((await say('2033-11-26')).body).toMatchObject({ code: 'clock.differs' });
    expect((await say(new Date().toISOString().slice(0, 10))).status).toBe(200);
    const { rows } = await asMigrator(center, (client) =>
      client.query(`select actor from audit.entry where org = $1 and after ->> 'act' = 'clock believed'`, [DEMO_ORG]),
    );
    expect(rows).toEqual([{ actor: 'operator' }]);
  });
});
