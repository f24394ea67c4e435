import { Readable } from 'node:stream';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newSigningKey, signerOf } from '#sealing/signing.ts';
import { asMigrator, emptyDatabase } from '../../testing/postgres.ts';
import { applicationUrl } from '../db/application-role.ts';
import { type Database, openDatabase } from '../db/database.ts';
import { migrate, migrationsOfBuild } from '../db/migrate.ts';
import { sealText } from './sealer.ts';
import { verifyAudit } from './verify.ts';

const ORG = 'old';
const signer = signerOf(newSigningKey());
let empty: Awaited<ReturnType<typeof emptyDatabase>>;
let db: Database;
beforeAll(async () => {
  empty = await emptyDatabase();
});
afterAll(async () => {
  await db?.close();
  await empty?.drop();
});

const seal = async (client: pg.Client): Promise<boolean> => {
  await client.query(`select set_config('qd.org', $1, false)`, [ORG]);
  const { rows } = await client.query<{ position: number | null; total: number; hash: Buffer }>(
    'select * from audit.seal_next()',
  );
  const made = rows[0];
  if (!made || made.position === null) return false;
  const signature = signer.sign(sealText(ORG, made.position, made.total, made.hash.toString('hex')));
  await client.query('select audit.sign_seal($1, $2, $3)', [made.position, signer.publicKey, signature]);
  return true;
};

it('holds what was sealed before entries named a device and a reason, and what is sealed since', async () => {
  const known = await migrationsOfBuild();
  await migrate(
    empty.migratorUrl,
    known.filter(({ version }) => version < 21),
  );
  const sealed = async (entered: string): Promise<void> => {
    await asMigrator(empty, async (client) => {
      await client.query('begin');
      await client.query(`select kernel.enter($1, 'ann', 's', 'r', null)`, [ORG]);
      await client.query(entered, [ORG]);
      await client.query('commit');
    });
    // A transaction anywhere on the server that has not finished may hold the sealer back for a moment.
    await expect.poll(() => asMigrator(empty, seal), { timeout: 15_000 }).toBe(true);
  };
  await sealed(`insert into kernel.organisation (org, name, created_at) values ($1, 'Old', 1)`);
  await migrate(empty.migratorUrl, known);
  await sealed(`insert into kernel.site (org, site, name, created_at) values ($1, 'new', 'New', 1)`);
  db = openDatabase(await applicationUrl(empty.migratorUrl, Buffer.alloc(32)));
  const against = { publicKeys: [signer.publicKey], checkpoints: Readable.from([]), remembered: undefined };
  expect(await verifyAudit(db, { org: ORG }, against)).toMatchObject({ sealed: 2, entries: 2, breaks: [] });
});

it('reads what was written since the last seal, and nothing before it', async () => {
  await asMigrator(empty, async (client) => {
    const written = async (entries: number): Promise<void> => {
      await client.query(
        `select count(audit.note($1, 'act', 'kernel.site', n::text, null, null)) from generate_series(1, $2) n`,
        [ORG, entries],
      );
      // A transaction anywhere on the server that has not finished may hold the sealer back for a moment.
      await expect.poll(() => seal(client), { timeout: 15_000 }).toBe(true);
    };
    await written(20_000);
    // A function's statements are planned for good after some runs.
    for (let i = 0; i < 8; i++) await written(1);
    const { rows } = await client.query<{
      'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }];
    }>('explain (analyze, buffers, format json) select audit.seal_next()');
    const plan = rows[0]?.['QUERY PLAN'][0].Plan;
    expect((plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0)).toBeLessThan(100);
  });
});
