/** The folder in which the center's own PostgreSQL keeps its data. */
import { once } from 'node:events';
import { chownSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CenterFailure } from './failure.ts';
import type { RunAs } from './postgres-binaries.ts';
import { startAs } from './postmaster.ts';

export const SUPERUSER = 'quantum';

/** Whether a folder holds a cluster. One is made aside and renamed when it is whole, so half of one never stands there. */
export function hasCluster(folder: string): boolean {
  return existsSync(join(folder, 'PG_VERSION'));
}

/** Throws CenterFailure `postgres.foreign` where something else is in the folder, `postgres.make` where it cannot be made. */
export async function makeCluster(initdb: string, folder: string, password: string, as: RunAs): Promise<void> {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new CenterFailure(
      'postgres.foreign',
      `${folder} holds something that is not a PostgreSQL of the center; move it away, or start with another --data folder.`,
    );
  }
  const making = `${folder}.making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true, mode: 0o700 });
  if (as.ids) chownSync(making, as.ids.uid, as.ids.gid);
  // Beside it: one that is killed meanwhile leaves it where only its owner looks, and the next one takes it away.
  const passwordFile = `${folder}.password`;
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  if (as.ids) chownSync(passwordFile, as.ids.uid, as.ids.gid);
  try {
    const args = [
      `--pgdata=${making}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
    ];
    const child = startAs(initdb, args, as, 'ignore');
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) {
      throw new CenterFailure(
        'postgres.make',
        `The embedded PostgreSQL could not make its folder ${folder}; see that the disk has room and the folder may be written to.`,
      );
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * Gives the superuser of a cluster that nobody serves another password: whoever owns its folder may. Of a `postgres.secret` that was
 * lost, and came of a master key that has been changed since, no other way leads back. Throws CenterFailure `postgres.password`.
 */
export async function givePassword(postgres: string, folder: string, password: string, as: RunAs): Promise<void> {
  const args = [
    '--single',
    '-D',
    folder,
    '-c',
    'log_statement=none',
    '-c',
    'log_min_error_statement=panic',
    'postgres',
  ];
  const child = startAs(postgres, args, as, 'ignore', 'pipe');
  const ended = once(child, 'close');
  child.stdin?.on('error', () => undefined);
  // Made by us of base64url: nothing in it has to be escaped.
  child.stdin?.end(`alter role ${SUPERUSER} password '${password}'\n`);
  const [code] = await ended;
  if (code === 0) return;
  throw new CenterFailure(
    'postgres.password',
    `The embedded PostgreSQL in ${folder} has another password than postgres.secret says, and could not be given it; put postgres.secret back from its backup.`,
  );
}
