/**
 * 32 bytes in a file that only its owner reads. It is made for a new data folder and never again: a center whose data is
 * there and whose key is not says so and stops, for a new key would open nothing.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { KEY_BYTES } from '#sealing/cipher.ts';
import { makeFolder } from '#sealing/make-folder.ts';
import { CenterFailure } from '../db/failure.ts';

/**
 * Reads a key file; makes it where it is missing and `make` says with what (null: not).
 * Throws CenterFailure `key.missing`, `key.damaged`, `key.open_to_others`, `key.unreadable`, `key.unwritable`.
 */
export async function readKeyFile(file: string, make: (() => Uint8Array) | null): Promise<Uint8Array> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw new CenterFailure(
        'key.unreadable',
        `The key file ${file} cannot be read; give the center's user read access to it.`,
        error,
      );
    }
    if (make === null) {
      throw new CenterFailure(
        'key.missing',
        `The key file ${file} is missing, but there is data it opens; put the file back from its backup, or start with another --data folder.`,
      );
    }
    return makeKeyFile(file, make());
  }
  const bytes = Buffer.from(text.trim(), 'base64url');
  if (bytes.length !== KEY_BYTES) {
    throw new CenterFailure(
      'key.damaged',
      `The key file ${file} is damaged: it holds 32 bytes in base64; put it back from its backup.`,
    );
  }
  const { mode } = await stat(file);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new CenterFailure('key.open_to_others', `The key file ${file} may be read by others; run chmod 600 on it.`);
  }
  return bytes;
}

export const newKeyBytes = (): Uint8Array => randomBytes(KEY_BYTES);

/** Whole or not at all: written aside, synced, then linked under its name, which fails where another process was first. */
async function makeKeyFile(file: string, bytes: Uint8Array): Promise<Uint8Array> {
  const aside = `${file}.${process.pid}.new`;
  const handle = await opened(file, aside);
  try {
    await handle.writeFile(`${Buffer.from(bytes).toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return readKeyFile(file, null);
    throw error;
  } finally {
    await unlink(aside);
  }
  return bytes;
}

async function opened(file: string, aside: string): Promise<FileHandle> {
  try {
    makeFolder(dirname(resolve(file)));
    return await open(aside, 'w', 0o600);
  } catch (error) {
    throw new CenterFailure(
      'key.unwritable',
      `The key file ${file} cannot be made; give the center's user the right to write there, or name another place.`,
      error,
    );
  }
}
