import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { emptyDatabase } from '../../testing/postgres.ts';
import { onConnection } from '../db/connection.ts';
import { type EmbeddedPostgres, startEmbedded } from '../db/embedded.ts';
import { masterKeyOf } from '../keys/master.ts';
import { pgKeyRing } from '../keys/pg-ring.ts';
import { openSchema } from '../storage.ts';
import { openCheckpoints } from './checkpoints.ts';
import { type SealMemory, startSealer } from './sealer.ts';
import { type Verified, verifyAudit } from './verify.ts';

const ORG = 'alpha';
const master = masterKeyOf(randomBytes(32));
const secret = randomBytes(32);
const folder = mkdtempSync(join(tmpdir(), 'qd-put-back-'));
let old: Awaited<ReturnType<typeof emptyDatabase>>;
let anew: EmbeddedPostgres;

beforeAll(async () => {
  old = await emptyDatabase();
  anew = await startEmbedded({ folder: join(folder, 'cluster'), password: 'for tests alone', settings: ['fsync=off'] });
});
afterAll(async () => {
  await anew?.stop();
  await old?.drop();
  rmSync(folder, { recursive: true, force: true });
});

/** A center's audit on a database: something is done, sealed, and held against its seals. */
async function center(url: string, work: readonly string[]): Promise<Verified & { readonly unsealed: number }> {
  const db = await openSchema(url, secret);
  const keys = pgKeyRing(
    db,
    { current: master, others: [] },
    { clock: Date.now, random: (length) => randomBytes(length), secret },
  );
  const seals: SealMemory = new Map();
  const checkpoints = await openCheckpoints(join(folder, 'checkpoints'), Date.now);
  const logger = pino({ level: 'silent' });
  const sealer = startSealer({ db, keys, memory: seals, checkpoints, logger, onSealed: () => undefined, everyMs: 50 });
  try {
    for (const name of work) {
      await db.inOrgClient({ org: ORG, actor: 'tester' }, (client) =>
        client.query(
          `insert into kernel.organisation (org, name, created_at) values ($1, $2, 1)
           on conflict (org) do update set name = excluded.name`,
          [ORG, name],
        ),
      );
      await keys.createOrganisation(ORG);
    }
    const unsealed = (): Promise<number> =>
      onConnection(url, async (client) => {
        const { rows } = await client.query<{ n: number }>(
          `select ((select count(*) from audit.entry) - (select coalesce(max(total), 0) from audit.seal))::int as n`,
        );
        return rows[0]?.n ?? -1;
      });
    for (const deadline = Date.now() + 10_000; Date.now() < deadline && (await unsealed()) > 0; ) await delay(20);
    const { publicKeys } = await keys.centerKeys(ORG);
    const against = { publicKeys, checkpoints: checkpoints.of(ORG), remembered: seals.get(ORG) };
    return { ...(await verifyAudit(db, { org: ORG }, against)), unsealed: await unsealed() };
  } finally {
    await sealer.stop();
    await db.close();
  }
}

const TABLES = `select format('%I.%I', n.nspname, c.relname) as name, string_agg(quote_ident(a.attname), ', ') as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where c.relkind = 'r' and n.nspname in ('kernel', 'keys', 'audit') and c.relname <> 'migration' group by 1`;

/** What pg_dump and psql do, row by row: the schema is there, the data follows, and no trigger fires. */
async function restore(from: string, to: string): Promise<void> {
  await (await openSchema(to, secret)).close();
  await onConnection(from, (source) =>
    onConnection(to, async (target) => {
      await target.query('set session_replication_role = replica');
      const { rows: tables } = await source.query<{ name: string; columns: string }>(TABLES);
      for (const { name, columns } of tables) {
        const { rows } = await source.query<{ all: string | null }>(`select jsonb_agg(t)::text as all from ${name} t`);
        await target.query(
          `insert into ${name} (${columns}) overriding system value
           select ${columns} from jsonb_populate_recordset(null::${name}, coalesce($1::jsonb, '[]'))`,
          [rows[0]?.all],
        );
      }
      const { rows: ids } = await source.query<{ last: number }>('select max(id)::int as last from audit.entry');
      await target.query(`select setval(pg_get_serial_sequence('audit.entry', 'id'), $1)`, [ids[0]?.last]);
    }),
  );
}

it('goes on in a new cluster, whose transactions count from the beginning', async () => {
  // As a cluster has that has worked for a while.
  await (await openSchema(old.migratorUrl, secret)).close();
  await onConnection(old.migratorUrl, (client) =>
    client.query('do $$ begin for i in 1..30000 loop perform pg_current_xact_id(); commit; end loop; end $$'),
  );
  const before = await center(old.migratorUrl, ['first', 'second']);
  expect(before).toMatchObject({ brokenAt: null, unsealed: 0 });
  // The last of it was not sealed yet when the dump was made.
  await onConnection(old.migratorUrl, (client) =>
    client.query(`update kernel.organisation set name = 'third' where org = $1`, [ORG]),
  );
  await restore(old.migratorUrl, anew.url);
  const after = await center(anew.url, ['fourth', 'fifth']);
  expect(after).toMatchObject({ brokenAt: null, why: null, unsealed: 0 });
  expect(after.entries).toBe(before.entries + 3);
  // And when it is started again.
  expect(await center(anew.url, ['sixth'])).toMatchObject({ brokenAt: null, unsealed: 0, entries: after.entries + 1 });
});
