/** Plain numbered SQL, applied in order, each in a transaction of its own, never edited once applied. */
import { readdir, readFile } from 'node:fs/promises';
import type pg from 'pg';
import { sha256 } from '#sealing/digest.ts';
import { MIGRATOR, onConnection } from './connection.ts';
import { CenterFailure } from './failure.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);
/** Any number will do as long as every center uses the same: only one migrates at a time. */
const MIGRATION_LOCK = 7_201_406;

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** The migrations of this build, in order. */
export async function migrationsOfBuild(folder: URL = MIGRATIONS): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{3}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, folder), 'utf8');
      return { version: Number(name.slice(0, 3)), name, sql, checksum: sha256(sql) };
    }),
  );
}

const LEDGER = `
create schema if not exists kernel;
create table if not exists kernel.migration (
  version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now());
alter table kernel.migration enable row level security;
alter table kernel.migration force row level security;
do $$ begin
  create policy migrator on kernel.migration to current_user using (true) with check (true);
exception when duplicate_object then null; end $$;`;

/**
 * Brings a database to this build's schema with the migrator's connection and returns the versions it applied.
 * Throws CenterFailure `schema.newer` where the database was written by a newer build, `schema.edited` where an applied
 * migration is not the one of this build, `schema.denied` where the role may not, `schema.failed` where one failed otherwise.
 */
export async function migrate(databaseUrl: string, migrations?: readonly Migration[]): Promise<readonly number[]> {
  const known = migrations ?? (await migrationsOfBuild());
  return onConnection(databaseUrl, (client) => bringOn(client, known).catch(denied), { application_name: MIGRATOR });
}

/** PostgreSQL's word for what a role may not do. */
const NOT_ALLOWED = '42501';

function denied(error: unknown): never {
  if ((error as { readonly code?: string }).code !== NOT_ALLOWED) throw error;
  throw new CenterFailure(
    'schema.denied',
    `The role in DATABASE_URL may not make what the center needs (${messageOf(error)}); make it the owner of the database, and give it CREATEROLE.`,
    error,
  );
}

async function bringOn(client: pg.Client, known: readonly Migration[]): Promise<readonly number[]> {
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  await client.query(LEDGER);
  const { rows } = await client.query<{ version: number; checksum: string; name: string }>(
    'select version, checksum, name from kernel.migration order by version',
  );
  const newest = known.at(-1)?.version ?? 0;
  const beyond = rows.at(-1)?.version ?? 0;
  if (beyond > newest) {
    throw new CenterFailure(
      'schema.newer',
      `This database was written by a newer version of Quantum Dispatch (schema ${beyond}, this version knows ${newest}); start that version, or restore a backup made before it.`,
    );
  }
  const applied = new Map(rows.map((row) => [row.version, row]));
  const done: number[] = [];
  for (const migration of known) {
    const before = applied.get(migration.version);
    if (before) {
      if (before.checksum !== migration.checksum) {
        throw new CenterFailure(
          'schema.edited',
          `Migration ${before.name} of this database is not the one of this version; start the version that made it.`,
        );
      }
      continue;
    }
    await applyOne(client, migration);
    done.push(migration.version);
  }
  return done;
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('begin');
    await client.query(migration.sql);
    await client.query('insert into kernel.migration (version, name, checksum) values ($1, $2, $3)', [
      migration.version,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    if ((error as { readonly code?: string }).code === NOT_ALLOWED) throw error;
    throw new CenterFailure(
      'schema.failed',
      `Migration ${migration.name} failed, and nothing of it was kept (${messageOf(error)}); put that right and start again, or put the backup back that was made before.`,
      error,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error';
}

/**
 * Has the audit go on where it ended, also in a cluster whose transactions count from below those that it has sealed: what
 * a dump meets that is restored elsewhere. To be called with the migrator's connection before anything is written.
 */
export async function followOn(databaseUrl: string): Promise<void> {
  await onConnection(databaseUrl, (client) => client.query('select audit.follow_on()'), { application_name: MIGRATOR });
}
