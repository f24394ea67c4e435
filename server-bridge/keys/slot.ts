/**
 * Key slots: places that each hold a workstation's keys, any of which opens its store. What a slot holds lies sealed in
 * its file beside the store, or with the operating system; the file then says so, so a slot that does not answer is visible.
 */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { KEY_BYTES } from '../../sealing/cipher.ts';
import { sha256 } from '../../sealing/digest.ts';

export interface StationKeys {
  /** Raw 256-bit key of the store's file. */
  readonly storeKey: Uint8Array;
  /** PKCS #8 of the device's signing key, base64url. */
  readonly deviceKey: string;
}

export type SlotKind = 'OS keychain' | 'Electron safeStorage' | 'passphrase file' | 'unprotected key file (demo only)';

export type SlotRead =
  | { readonly state: 'opened'; readonly keys: StationKeys }
  /** Nothing was ever put here. */
  | { readonly state: 'empty' }
  /** It holds the keys, but cannot be asked now: no keychain on this machine, no passphrase given. */
  | { readonly state: 'unavailable'; readonly why: string }
  /** It was asked and what it gave does not open: the wrong passphrase, or a file that was changed. */
  | { readonly state: 'refused'; readonly why: string };

export interface KeySlot {
  readonly kind: SlotKind;
  /** Why it cannot be used here; null where it can. */
  readonly unavailable: () => Promise<string | null>;
  readonly read: (folder: string) => Promise<SlotRead>;
  readonly write: (folder: string, keys: StationKeys) => Promise<void>;
  readonly remove: (folder: string) => Promise<void>;
}

const BundleSchema = z.strictObject({
  v: z.literal(1),
  store: z.string().regex(/^[\w-]{43}$/),
  device: z
    .string()
    .min(40)
    .max(400)
    .regex(/^[\w-]+$/),
});

/** Both keys as the one text that a slot keeps. */
export function bundleOf(keys: StationKeys): string {
  return JSON.stringify({ v: 1, store: Buffer.from(keys.storeKey).toString('base64url'), device: keys.deviceKey });
}

/** Null for what is no bundle of keys. */
export function readBundle(text: string): StationKeys | null {
  try {
    const bundle = BundleSchema.parse(JSON.parse(text));
    const storeKey = Buffer.from(bundle.store, 'base64url');
    return storeKey.length === KEY_BYTES ? { storeKey, deviceKey: bundle.device } : null;
  } catch {
    return null;
  }
}

const KEYS = /^keys\..*\.json$/;

/** The files of slots in a folder. Throws what the file system throws. */
export const slotFiles = (folder: string): readonly string[] => readdirSync(folder).filter((name) => KEYS.test(name));

/** Whether a folder has a slot that is the same as it is now: what it opens now it opens then. */
export function slotsAsNow(folder: string): () => boolean {
  const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const now = slotFiles(folder).map((name) => [name, sha256(Buffer.from(file(name)))] as const);
  return () =>
    now.some(([name, hash]) => {
      try {
        return sha256(Buffer.from(file(name))) === hash;
      } catch {
        return false;
      }
    });
}

/** Tells one store's keys from another's without telling anything about them. */
export function keyName(keys: StationKeys): string {
  return sha256(Buffer.concat([Buffer.from('qd.key.name.1'), keys.storeKey])).slice(0, 16);
}

export function hasFile(folder: string, name: string): boolean {
  return existsSync(join(folder, name));
}

/** Null where there is none, or it is not as the schema has it. */
export function readSlotFile<S extends z.ZodType>(folder: string, name: string, schema: S): z.infer<S> | null {
  try {
    return schema.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces a slot's file in one step, readable by its owner alone; it is on disk when this returns. */
export function writeSlotFile(folder: string, name: string, content: unknown): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  const file = openSync(fresh, 'wx', 0o600);
  try {
    writeSync(file, `${JSON.stringify(content)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
  if (process.platform === 'win32') return;
  const directory = openSync(folder, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

export function removeSlotFile(folder: string, name: string): void {
  rmSync(join(folder, name), { force: true });
}

/** Takes away what others may do with a file that holds keys in clear. */
export function guardFile(folder: string, name: string): void {
  const path = join(folder, name);
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
}
