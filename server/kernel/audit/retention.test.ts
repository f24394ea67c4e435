import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { asMigrator, type TestDatabase, tampering, testDatabase } from '../../testing/postgres.ts';
import { removeExpired } from './retention.ts';
import { sealText } from './sealer.ts';
import { type Verified, verifyAudit } from './verify.ts';

const ORG = 'old';
const YEAR = 365.25 * 86_400_000;
let database: TestDatabase;

/** Entries of so many years ago, under a seal of their own. */
async function stretch(years: number, count: number): Promise<void> {
  await asMigrator(database, (client) =>
    client.query(
      `insert into audit.entry (org, at, actor, op, tbl) select $1, $2::bigint, 'ann', 'act', 'x' from generate_series(1, $3)`,
      [ORG, Math.round(Date.now() - years * YEAR), count],
    ),
  );
  const { signer } = await database.keys.centerKeys(ORG);
  const seal = (): Promise<boolean> =>
    database.db.inOrgClient({ org: ORG }, async (client) => {
      const { rows } = await client.query<{ position: number | null; total: number; hash: Buffer }>(
        'select * from audit.seal_next()',
      );
      const made = rows[0];
      if (!made || made.position === null) return false;
      const sig = signer.sign(sealText(ORG, made.position, made.total, made.hash.toString('hex')));
      await client.query('select audit.sign_seal($1, $2, $3)', [made.position, signer.publicKey, sig]);
      return true;
    });
  await expect.poll(seal, { timeout: 15_000 }).toBe(true);
}

async function verify(): Promise<Verified> {
  const { publicKeys } = await database.keys.centerKeys(ORG);
  return verifyAudit(database.db, { org: ORG }, { publicKeys, checkpoints: Readable.from([]), remembered: undefined });
}
const remove = (): Promise<number | null> => removeExpired(database.db, database.keys, ORG);
const asOwner = (text: string): Promise<unknown> =>
  asMigrator(database, async (client) => {
    await client.query(`set qd.org = '${ORG}'`);
    await client.query(text);
  });

beforeEach(async () => {
  database = await testDatabase();
  await asMigrator(database, async (client) => {
    // What making the organisation leaves in the audit is of today, and would stand before what is old here.
    await client.query(
      'alter table keys.organisation disable trigger user; alter table keys.signing disable trigger user',
    );
    await client.query('alter table kernel.organisation disable trigger user');
  });
  await database.db.inOrgClient({ org: ORG }, (client) =>
    client.query(`insert into kernel.organisation (org, name, created_at) values ($1, 'Old', 1)`, [ORG]),
  );
  await database.keys.createOrganisation(ORG);
});
afterEach(() => database?.close());

it('removes what is older than six years, whole seals at a time, and the chain goes on from a signed stub (ASVS 14.2.7)', async () => {
  await stretch(9, 3);
  await stretch(7, 2);
  await stretch(5, 4);
  await stretch(0, 1);
  expect(await verify()).toMatchObject({ sealed: 4, entries: 10, breaks: [] });
  expect(await remove()).toBe(5);
  expect(await remove()).toBeNull();
  expect(await verify()).toMatchObject({ sealed: 4, entries: 5, breaks: [] });
  const left = await asMigrator(database, async (client) => {
    const { rows } = await client.query('select position::int, entries::int, total::int from audit.stub');
    return rows;
  });
  expect(left).toEqual([{ position: 2, entries: 5, total: 5 }]);
  await stretch(0, 1);
  expect((await verify()).breaks).toEqual([]);
});

it('goes on from the stub where all that was sealed is gone, as of an organisation of which nothing was heard for years', async () => {
  await stretch(9, 3);
  await stretch(7, 2);
  expect(await remove()).toBe(5);
  await stretch(0, 1);
  await stretch(0, 2);
  // What removing itself left in the audit is sealed, too.
  const whole = await verify();
  expect(whole).toMatchObject({ sealed: 4, breaks: [] });
  expect(whole.entries).toBeGreaterThanOrEqual(3);
  await tampering(database, (client) =>
    client.query(`update audit.entry set actor = 'eve' where id = (select max(id) from audit.entry)`),
  );
  expect((await verify()).brokenAt).toBe(4);
});

it('keeps a seal under which anything is to be kept, and all of it where it is to be kept for longer', async () => {
  await stretch(7, 2);
  await asMigrator(database, (client) =>
    client.query(`insert into audit.retention (org, years) values ($1, 10)`, [ORG]),
  );
  expect(await remove()).toBeNull();
  for (const statement of [
    `update audit.retention set years = 7`,
    'delete from audit.retention',
    'truncate audit.retention',
    `insert into audit.retention (org, years) values ('other', 5)`,
  ]) {
    await expect(asOwner(statement), statement).rejects.toThrow();
  }
});

it('keeps everything while something is held for a court', async () => {
  await stretch(8, 2);
  await database.db.inOrgClient({ org: ORG }, (client) =>
    client.query(
      `insert into kernel.legal_hold (org, id, entity, tbl, row_id, reason, placed_at) values ($1, 'h', 'unit:u1', 'cad.unit', 'u1', 'court', 1)`,
      [ORG],
    ),
  );
  expect(await remove()).toBeNull();
});

it('lets its owner remove nothing else: no younger entry, none without a stub, no seal', async () => {
  await stretch(7, 2);
  await stretch(3, 2);
  for (const statement of [
    'delete from audit.entry',
    'delete from audit.seal',
    'delete from audit.stub where false or true',
  ]) {
    if (statement.includes('stub')) await remove();
    await expect(asOwner(statement), statement).rejects.toMatchObject({ code: 'QD002' });
  }
  await expect(
    database.db.inOrgClient({ org: ORG }, (client) => client.query(`select audit.remove_through(1, 'k', 's')`)),
  ).rejects.toMatchObject({ code: 'QD005' });
});

it('finds a stub that the center did not sign, and one that stands for another chain', async () => {
  await stretch(7, 2);
  await stretch(0, 1);
  await remove();
  await tampering(database, (client) => client.query(`update audit.stub set total = total + 1`));
  expect(await verify()).toMatchObject({
    brokenAt: 1,
    why: 'what was before was removed, and the center did not sign that',
  });
});
