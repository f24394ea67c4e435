/** Real PostgreSQL for tests: one server for a run, a fresh database of the newest schema for each file that asks. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type pg from 'pg';
import { applicationUrl } from '../kernel/db/application-role.ts';
import { onConnection } from '../kernel/db/connection.ts';
import { type Database, openDatabase } from '../kernel/db/database.ts';
import { migrate } from '../kernel/db/migrate.ts';
import { type MasterKeys, masterKeyOf } from '../kernel/keys/master.ts';
import { pgKeyRing } from '../kernel/keys/pg-ring.ts';
import type { KeyRing } from '../kernel/keys/ring.ts';

const SCHEMA_TEMPLATE = 'qd_template';
const TEMPLATE_LOCK = 411_202;
/** Files are copied as they are: block by block through the log, as PostgreSQL does by itself, takes ten times as long. */
const BY_FILE = 'strategy file_copy';

/** Under vitest all workers have the same parent and share its server; elsewhere the process has one of its own. */
function owner(): number {
  return process.env.VITEST ? process.ppid : process.pid;
}

/** What the run's server has, taken away with it: its cluster, and whatever tests keep beside it for the whole run. */
export function serverFolder(): string {
  return join(tmpdir(), `qd-test-postgres-${owner()}`);
}

/** Connection string of the run's server; the first to ask starts it. */
async function testServer(): Promise<string> {
  const folder = serverFolder();
  try {
    mkdirSync(folder, { mode: 0o755 });
    const keeper = fileURLToPath(new URL('postgres-keeper.ts', import.meta.url));
    spawn(process.execPath, [keeper, folder, String(owner())], { detached: true, stdio: 'ignore' }).unref();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const answer = join(folder, 'answer.json');
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; await delay(50)) {
    if (!existsSync(answer)) continue;
    const said = JSON.parse(readFileSync(answer, 'utf8')) as { url?: string; failed?: string };
    if (said.url) return said.url;
    throw new Error(`PostgreSQL for tests: ${said.failed}`);
  }
  throw new Error('PostgreSQL for tests did not start in 90 s');
}

function named(url: string, database: string): string {
  const at = new URL(url);
  at.pathname = `/${database}`;
  return at.href;
}

export interface TestDatabase {
  /** Connection string of the migrator: a superuser of the tests' server. */
  readonly migratorUrl: string;
  /** The application's connections: a role that cannot bypass row-level security. */
  readonly db: Database;
  readonly keys: KeyRing;
  /** A key ring that knows nothing yet, as of a center that was started anew. */
  readonly newRing: (masters?: MasterKeys) => KeyRing;
  readonly masters: MasterKeys;
  readonly close: () => Promise<void>;
}

/**
 * An empty database without any schema of ours. `plainOwner`: owned by a role that is no superuser and may do no more than
 * an operator's DATABASE_URL has to.
 */
export async function emptyDatabase(
  plainOwner = false,
): Promise<{ readonly migratorUrl: string; readonly drop: () => Promise<void> }> {
  const server = await testServer();
  const name = `qd_${randomBytes(8).toString('hex')}`;
  const url = new URL(named(server, name));
  if (plainOwner) {
    url.username = `${name}_owner`;
    url.password = 'of the operator';
    await onConnection(server, async (client) => {
      await client.query(
        `do $$ begin create role qd_app nologin; exception when duplicate_object or unique_violation then null; end $$`,
      );
      await client.query(`create role ${url.username} login createrole password '${decodeURIComponent(url.password)}'`);
      await client.query(`grant qd_app to ${url.username} with admin option`);
    });
  }
  await onConnection(server, (client) =>
    client.query(`create database ${name} ${BY_FILE}${plainOwner ? ` owner ${url.username}` : ''}`),
  );
  return { migratorUrl: url.href, drop: () => dropDatabase(server, name) };
}

async function dropDatabase(server: string, name: string): Promise<void> {
  await onConnection(server, (client) => client.query(`drop database if exists ${name} with (force)`));
}

/**
 * A copy of a database that `make` fills once in a run, at the connection string it is given; the first to ask waits for
 * that, and whoever asks meanwhile waits with it.
 */
export async function copiedDatabase(
  template: string,
  make: (url: string) => Promise<unknown>,
): Promise<{ readonly migratorUrl: string; readonly drop: () => Promise<void> }> {
  const server = await testServer();
  const name = `qd_${randomBytes(8).toString('hex')}`;
  await onConnection(server, async (client) => {
    await client.query('select pg_advisory_lock($1, hashtext($2))', [TEMPLATE_LOCK, template]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) {
      await client.query(`drop database if exists ${template}_new`);
      await client.query(`create database ${template}_new ${BY_FILE}`);
      await make(named(server, `${template}_new`));
      await client.query(`alter database ${template}_new rename to ${template}`);
    }
    await client.query(`create database ${name} template ${template} ${BY_FILE}`);
  });
  return { migratorUrl: named(server, name), drop: () => dropDatabase(server, name) };
}

/**
 * Puts into `to`, which may be there, what is in a folder that `make` fills once in a run; the first to ask waits for that, and
 * whoever asks meanwhile waits with it. Its files keep their owners: those of a cluster may be another user's than ours.
 */
export async function copiedFolder(
  name: string,
  make: (folder: string) => Promise<unknown>,
  to: string,
): Promise<void> {
  const server = await testServer();
  const folder = join(serverFolder(), name);
  await onConnection(server, async (client) => {
    await client.query('select pg_advisory_lock($1, hashtext($2))', [TEMPLATE_LOCK, name]);
    if (existsSync(folder)) return;
    const making = `${folder}.new`;
    rmSync(making, { recursive: true, force: true });
    await make(making);
    renameSync(making, folder);
  });
  mkdirSync(to, { recursive: true });
  await promisify(execFile)('cp', ['-a', `${folder}/.`, to]);
}

/** A database of the newest schema with nothing in it, for a center that is started on it. */
export function migratedDatabase(): ReturnType<typeof copiedDatabase> {
  return copiedDatabase(SCHEMA_TEMPLATE, migrate);
}

/** A database of the newest schema, its application role, and a key ring over it. */
export async function testDatabase(): Promise<TestDatabase> {
  const { migratorUrl, drop } = await migratedDatabase();
  const master = masterKeyOf(randomBytes(32));
  const secret = randomBytes(32);
  const db = openDatabase(await applicationUrl(migratorUrl, secret));
  const masters: MasterKeys = { current: master, others: [] };
  const newRing = (under = masters): KeyRing =>
    pgKeyRing(db, under, { clock: Date.now, random: (length) => randomBytes(length), secret });
  return {
    migratorUrl,
    db,
    keys: newRing(),
    newRing,
    masters,
    close: async () => {
      await db.close();
      await drop();
    },
  };
}

/** The same with every guard turned off, as only a superuser of the server can. */
export function tampering<T>(
  database: { readonly migratorUrl: string },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return asMigrator(database, async (client) => {
    await client.query('begin; set local session_replication_role = replica');
    // Between two seals: one that was in the making would go on from a seal that is gone by then, and leave a gap.
    await client.query(`select pg_advisory_xact_lock(hashtextextended('qd.seal|' || org, 0)) from kernel.organisation`);
    const { rows } = await client.query<{ of: string }>(
      `select format('%s %s trigger %I', c.oid::regclass, '%s', t.tgname) as of from pg_trigger t join pg_class c on c.oid = t.tgrelid where t.tgenabled = 'A'`,
    );
    for (const { of } of rows) await client.query(`alter table ${of.replace('%s', 'disable')}`);
    const value = await work(client);
    for (const { of } of rows) await client.query(`alter table ${of.replace('%s', 'enable always')}`);
    await client.query('commit');
    return value;
  });
}

/** Runs statements as the migrator, past row-level security: for looking at what the application left. */
export function asMigrator<T>(
  database: { readonly migratorUrl: string },
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return onConnection(database.migratorUrl, work);
}
