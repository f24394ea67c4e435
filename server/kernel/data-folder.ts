/** The center's data folder: whether it may be written to, and where things are in it. */
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from '#sealing/make-folder.ts';
import { CenterFailure } from './db/failure.ts';

export interface DataFolder {
  readonly masterKey: string;
  /** What the passwords of the center's roles in PostgreSQL are made of. */
  readonly secret: string;
  readonly postgres: string;
}

/** Makes the folder where it is missing. Throws CenterFailure `folder.unwritable`. */
export function openDataFolder(given: string): DataFolder {
  const folder = resolve(given);
  try {
    makeFolder(folder);
    const probe = join(folder, `.write-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    throw new CenterFailure(
      'folder.unwritable',
      `The folder ${folder} cannot be written to; choose another with --data, or give this user the right to write there.`,
      error,
    );
  }
  return {
    masterKey: join(folder, 'master.key'),
    secret: join(folder, 'postgres.secret'),
    postgres: join(folder, 'postgres'),
  };
}
