/** Opening what a center stands on: its key file, its PostgreSQL, the schema, the application's connections. */

import type pg from 'pg';
import { undoAll } from './closing.ts';
import { type DataFolder, openDataFolder } from './data-folder.ts';
import { applicationUrl, mustWorkAs } from './db/application-role.ts';
import { hasCluster } from './db/cluster.ts';
import { onConnection } from './db/connection.ts';
import { type Database, openDatabase } from './db/database.ts';
import { startEmbedded } from './db/embedded.ts';
import { CenterFailure } from './db/failure.ts';
import { followOn, migrate } from './db/migrate.ts';
import { lockFolder } from './folder-lock.ts';
import { mustNotAskInClear } from './http/in-clear.ts';
import type { Network } from './http/network.ts';
import { newKeyBytes, readKeyFile } from './keys/key-file.ts';
import { derivedFrom, type MasterKeys } from './keys/master.ts';
import { type MasterConfig, openMasterKeys } from './keys/master-config.ts';
import { mustHaveMasters } from './keys/org-key.ts';

export interface Storage {
  readonly db: Database;
  readonly masters: MasterKeys;
  /** What the center's own passwords and keys are made of. */
  readonly secret: Uint8Array;
  /** Connection string of the role that owns the schema. Never for serving a request. */
  readonly migratorUrl: string;
  /** Closes the connections, and stops PostgreSQL where it is the center's own. */
  readonly close: () => Promise<void>;
}

export async function openStorage(
  dataDir: string,
  databaseUrl: string | undefined,
  config: MasterConfig = {},
  closed: Pick<Network, 'closedNetworks'> = { closedNetworks: [] },
): Promise<Storage> {
  const folder = openDataFolder(dataDir);
  if (databaseUrl !== undefined) {
    await mustNotAskInClear(databaseUrl, closed);
    const masters = await openMasterKeys(config, folder.masterKey, await holdsData(databaseUrl));
    const secret = await secretOf(folder, config);
    const db = await openSchema(databaseUrl, secret);
    await mustHaveMasters(db, masters).catch(async (error: unknown) => {
      await db.close();
      throw error;
    });
    return { db, masters, secret, migratorUrl: databaseUrl, close: db.close };
  }
  const made = hasCluster(folder.postgres);
  const masters = await openMasterKeys(config, folder.masterKey, made);
  const secret = await secretOf(folder, config);
  const password = Buffer.from(secret).toString('base64url');
  const server = await startEmbedded({ folder: folder.postgres, password });
  const lock = await lockFolder(server.url).catch((error: unknown) => {
    server.leave();
    throw error;
  });
  if (!lock) {
    server.leave();
    throw new CenterFailure(
      'center.running',
      `Another center is running on ${dataDir}; stop it, or start with another --data folder.`,
    );
  }
  const closing: (() => Promise<void>)[] = [server.stop, lock.release];
  const close = (): Promise<void> => undoAll(closing);
  try {
    const db = await openSchema(server.url, secret, server.near);
    closing.push(db.close);
    await mustHaveMasters(db, masters);
    return { db, masters, secret, migratorUrl: server.url, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/**
 * What the passwords of the center's roles in PostgreSQL are made of, in a file of its own: it stays as it is when the master
 * key is another. Where the master key is a file, a missing one is made from it, as all nodes of a center would. It opens no data: where
 * it was lost, the roles are given other passwords.
 */
async function secretOf(folder: DataFolder, config: MasterConfig): Promise<Uint8Array> {
  const [, path] = /^file:(.+)$/.exec(config.key || `file:${folder.masterKey}`) ?? [];
  const master = path === undefined ? null : await readKeyFile(path, null);
  return readKeyFile(folder.secret, master ? () => derivedFrom(master, 'postgres superuser') : newKeyBytes);
}

/** What the password of the application's role is made of. */
export const roleSecret = (secret: Uint8Array): Uint8Array => derivedFrom(secret, 'postgres role');

/** The database at the newest schema, with the connections of the application; `near`: the shorter way to the same database. */
export async function openSchema(
  url: string,
  secret: Uint8Array,
  near: (url: string) => string = (same) => same,
): Promise<Database> {
  await migrate(url);
  await followOn(url);
  const application = near(await applicationUrl(url, roleSecret(secret)));
  const db = openDatabase(application);
  await mustWorkAs(db, application).catch(async (error: unknown) => {
    await db.close();
    throw error;
  });
  return db;
}

/** Whether a database that was given holds an organisation, whose key is in the key file. */
async function holdsData(databaseUrl: string): Promise<boolean> {
  const look = async (client: pg.Client): Promise<boolean> => {
    const { rows } = await client.query<{ there: boolean }>(
      `select to_regclass('keys.organisation') is not null as there`,
    );
    if (!rows[0]?.there) return false;
    const { rowCount } = await client.query('select from kernel.organisations() limit 1');
    return (rowCount ?? 0) > 0;
  };
  return onConnection(databaseUrl, look, { connectionTimeoutMillis: 10_000 }).catch((error: unknown) => {
    throw new CenterFailure(
      'database.away',
      'The database in DATABASE_URL cannot be reached; see that the address, user and password are right and that it runs.',
      error,
    );
  });
}
