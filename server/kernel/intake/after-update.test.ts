import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { READS } from '#domain/modules.ts';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { type TestDatabase, testDatabase } from '../../testing/postgres.ts';
import { startFoldingUnread } from './after-update.ts';
import { freshOn } from './testing/pg-log.ts';
import { pushFrames } from './testing/push.ts';
import { newEntity, pushOf, random, testStation } from './testing/station.ts';

const signer = signerOf(newSigningKey());
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());

it('reads after an update what was left unread, of every organisation, and comes again', async () => {
  const unit = newEntity('unit');
  const orgs = await Promise.all(
    [1, 2].map(async () => {
      const { log, of, org, sites, enrol } = await freshOn(database);
      const station = testStation(`a-${org}`, sites[0]);
      const { site } = sites[0];
      await enrol({ org, site, station: station.station, key: station.publicKey, revoked: false, revokedAt: null });
      const older = of(READS.filter((type) => type !== 'unit.emergency@1'));
      const made = station.append({ type: 'unit.emergency', about: [unit], body: { emergency: 'declared' } });
      const keys = { signer, publicKeys: [signer.publicKey] };
      await pushFrames(older, keys, { clock: Date.now, random }, org, site, pushOf(made));
      return { log, org };
    }),
  );
  const left = async (): Promise<number> =>
    (await Promise.all(orgs.map(({ log, org }) => log.foldedByOthers(org, 10)))).flat().length;
  expect(await left()).toBe(2);
  const [{ log }, { org: failing }] = orgs as [(typeof orgs)[0], (typeof orgs)[0]];
  let refusals = 0;
  const failsOnce: typeof log = {
    ...log,
    foldedByOthers: async (org, limit) => {
      if (org === failing && refusals++ === 0) throw new Error('the database is away');
      return log.foldedByOthers(org, limit);
    },
  };
  const said: string[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void said.push(line) });
  const stop = startFoldingUnread(database.db, failsOnce, logger, 20);
  try {
    await expect.poll(left, { timeout: 20_000 }).toBe(0);
  } finally {
    await stop();
  }
  expect(said.filter((line) => line.includes('could not be folded again'))).toHaveLength(1);
  for (const { log, org } of orgs)
    expect(await log.intake(org, async (tx) => (await tx.folded([unit])).get(unit))).toMatchObject({
      registers: { emergency: [{ value: 'declared' }] },
    });
});
