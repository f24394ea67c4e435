/** The keys of a station in a file of its folder (0600). */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { done, type Outcome, refused } from '../domain/kernel/refusal.ts';
import { newSigningKey } from '../sealing/signing.ts';

export interface StationKeys {
  readonly storeKey: Buffer;
  readonly deviceKey: string;
  readonly slots: readonly string[];
}

const FileSchema = z.strictObject({ store: z.string().regex(/^[\w-]{43}$/), device: z.string().min(40).max(200) });

export function openKeys(folder: string, needed: boolean): Outcome<StationKeys> {
  const file = join(folder, 'station.key');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    return refused(
      'data.unwritable',
      `The folder ${folder} cannot be written: check its owner and permissions, or choose another with --data.`,
    );
  }
  try {
    const held = FileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return done({ storeKey: Buffer.from(held.store, 'base64url'), deviceKey: held.device, slots: ['key file'] });
  } catch (error) {
    if (needed || (error as { code?: string }).code !== 'ENOENT') {
      return refused(
        'keys.missing',
        `The key of this workstation’s store is not in ${file}: put it back, or enrol this workstation again in another folder.`,
      );
    }
  }
  const fresh = { store: randomBytes(32).toString('base64url'), device: newSigningKey() };
  try {
    writeFileSync(file, JSON.stringify(fresh), { mode: 0o600, flag: 'wx' });
  } catch {
    return refused(
      'data.unwritable',
      `The folder ${folder} cannot be written: check its owner and permissions, or choose another with --data.`,
    );
  }
  return done({ storeKey: Buffer.from(fresh.store, 'base64url'), deviceKey: fresh.device, slots: ['key file'] });
}
