/**
 * The master key: 32 bytes in a file only its owner reads. It is made for a new data folder and never again: a center
 * whose data is there and whose key is not says so and stops, for a new key would open nothing.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KEY_BYTES } from '#sealing/cipher.ts';
import { CenterFailure } from '../db/failure.ts';

export interface MasterKey {
  readonly bytes: Uint8Array;
  /** Names the key without telling it: the first 16 hex digits of an HMAC under it. */
  readonly id: string;
  /** 32 bytes for one named purpose. */
  readonly derived: (purpose: string) => Uint8Array;
}

export function masterKeyOf(bytes: Uint8Array): MasterKey {
  const derived = (purpose: string): Uint8Array =>
    createHmac('sha256', bytes).update(`qd.master.1|${purpose}`).digest();
  return { bytes, id: Buffer.from(derived('id')).toString('hex').slice(0, 16), derived };
}

/**
 * Reads the key file; makes it where it is missing and `dataExists` is false.
 * Throws CenterFailure `key.missing`, `key.damaged`, `key.open_to_others`.
 */
export async function loadMasterKey(file: string, dataExists: boolean): Promise<MasterKey> {
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
    if (dataExists) {
      throw new CenterFailure(
        'key.missing',
        `The key file ${file} is missing, but there is data it opens; put the file back from its backup, or start with another --data folder.`,
      );
    }
    return makeMasterKey(file);
  }
  const bytes = Buffer.from(text.trim(), 'base64url');
  if (bytes.length !== KEY_BYTES) {
    throw new CenterFailure('key.damaged', `The key file ${file} is damaged; put it back from its backup.`);
  }
  const { mode } = await stat(file);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new CenterFailure('key.open_to_others', `The key file ${file} may be read by others; run chmod 600 on it.`);
  }
  return masterKeyOf(bytes);
}

/** Whole or not at all: written aside, synced, then linked under its name, which fails where another process was first. */
async function makeMasterKey(file: string): Promise<MasterKey> {
  const bytes = randomBytes(KEY_BYTES);
  await mkdir(dirname(file), { recursive: true });
  const aside = `${file}.${process.pid}.new`;
  const handle = await open(aside, 'w', 0o600);
  try {
    await handle.writeFile(`${bytes.toString('base64url')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(aside, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return loadMasterKey(file, true);
    throw error;
  } finally {
    await unlink(aside);
  }
  return masterKeyOf(bytes);
}
