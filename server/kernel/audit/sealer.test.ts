import { afterAll, beforeAll, expect, it } from 'vitest';
import { newSigningKey, signatureHolds, signerOf } from '#sealing/signing.ts';
import { asMigrator, emptyDatabase } from '../../testing/postgres.ts';
import { applicationUrl, type Database, openDatabase } from '../db/database.ts';
import { migrate, migrationsOfBuild } from '../db/migrate.ts';
import { sealText, verifyAudit } from './sealer.ts';

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

it('holds what was sealed before entries named a device and a reason, and what is sealed since', async () => {
  const known = await migrationsOfBuild();
  await migrate(
    empty.migratorUrl,
    known.filter(({ version }) => version < 21),
  );
  const sealed = (entered: string): Promise<void> =>
    asMigrator(empty, async (client) => {
      await client.query(`select kernel.enter($1, 'ann', 's', 'r', null)`, [ORG]);
      await client.query(`select set_config('qd.org', $1, false)`, [ORG]);
      await client.query(entered, [ORG]);
      const { rows } = await client.query<{ position: number; total: number; hash: Buffer }>(
        'select * from audit.seal_next()',
      );
      const { position, total, hash } = rows[0] as { position: number; total: number; hash: Buffer };
      const signature = signer.sign(sealText(ORG, position, total, hash));
      await client.query('select audit.sign_seal($1, $2, $3)', [position, signer.publicKey, signature]);
    });
  await sealed(`insert into kernel.organisation (org, name, created_at) values ($1, 'Old', 1)`);
  await migrate(empty.migratorUrl, known);
  await sealed(`insert into kernel.site (org, site, name, created_at) values ($1, 'new', 'New', 1)`);
  db = openDatabase(await applicationUrl(empty.migratorUrl, Buffer.alloc(32)));
  const verified = await verifyAudit(db, ORG, signatureHolds, [signer.publicKey], undefined);
  expect(verified).toEqual({ sealed: 2, entries: 2, brokenAt: null, why: null });
});
