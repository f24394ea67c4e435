/** Keys in a file sealed by a passphrase: argon2id at RFC 9106's second choice (m = 64 MiB, t = 3), then AES-256-GCM. */
import { hashRaw } from '@node-rs/argon2';
import { z } from 'zod';
import type { RandomBytes } from '../../domain/kernel/ids.ts';
import { KEY_BYTES, seal, unseal } from '../../sealing/cipher.ts';
import { bundleOf, hasFile, type KeySlot, readBundle, readSlotFile, removeSlotFile, writeSlotFile } from './slot.ts';

const FILE = 'keys.passphrase.json';
const CONTEXT = 'qd.keys.passphrase.1';
const SALT_BYTES = 16;
/** The package's enum is ambient and has no value under type stripping. */
const ARGON2ID = 2;
const COST = { memoryCost: 65_536, timeCost: 3, parallelism: 4 } as const;

const FileSchema = z.strictObject({
  v: z.literal(1),
  salt: z.string().regex(/^[\w-]{22}$/),
  // As they were when the file was written. Bounded, for the file is only as good as its folder.
  memoryCost: z.int().min(8_192).max(1_048_576),
  timeCost: z.int().min(1).max(20),
  parallelism: z.int().min(1).max(16),
  sealed: z.string().min(1).max(2_000),
});

/** `ask` gives the passphrase, or null where nobody can be asked. */
export function passphraseSlot(ask: () => Promise<string | null>, random: RandomBytes): KeySlot {
  const derive = async (
    passphrase: string,
    salt: Buffer,
    cost: { memoryCost: number; timeCost: number; parallelism: number },
  ): Promise<Buffer> =>
    hashRaw(passphrase.normalize('NFKC'), { ...cost, salt, outputLen: KEY_BYTES, algorithm: ARGON2ID });
  return {
    kind: 'passphrase file',
    unavailable: async () => null,
    read: async (folder) => {
      if (!hasFile(folder, FILE)) return { state: 'empty' };
      const file = readSlotFile(folder, FILE, FileSchema);
      if (!file) return { state: 'refused', why: `${FILE} is damaged` };
      const passphrase = await ask();
      if (passphrase === null) return { state: 'unavailable', why: 'no passphrase was given' };
      const key = await derive(passphrase, Buffer.from(file.salt, 'base64url'), file);
      const bundle = unseal(key, Buffer.from(file.sealed, 'base64url'), CONTEXT);
      const keys = bundle && readBundle(bundle.toString('utf8'));
      return keys ? { state: 'opened', keys } : { state: 'refused', why: 'the passphrase does not open it' };
    },
    write: async (folder, keys) => {
      const passphrase = await ask();
      if (passphrase === null || passphrase.length < 8) {
        throw new RangeError('passphrase: give one of at least 8 characters.');
      }
      const salt = Buffer.from(random(SALT_BYTES));
      const key = await derive(passphrase, salt, COST);
      const sealed = seal(key, Buffer.from(bundleOf(keys), 'utf8'), CONTEXT, random).toString('base64url');
      writeSlotFile(folder, FILE, { v: 1, salt: salt.toString('base64url'), ...COST, sealed });
    },
    remove: async (folder) => removeSlotFile(folder, FILE),
  };
}
