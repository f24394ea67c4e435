/**
 * The master key wraps the keys of organisations, and nothing else. Where it is kept is the operator's choice: a file, AWS KMS
 * or Vault transit (master-config.ts). Each wrapping is bound to a context, so a wrapped key is of use in its place alone.
 */
import { createHmac } from 'node:crypto';
import { KEY_BYTES, seal, unseal } from '#sealing/cipher.ts';
import { systemRandom } from '#sealing/random.ts';

export interface MasterKey {
  /** Names the key without telling it; kept beside what it wraps. */
  readonly id: string;
  readonly kind: 'file' | 'aws-kms' | 'vault';
  /** Throws the CenterFailure of `keeperFailure` where the key's keeper cannot be reached or does not let the center use it. */
  readonly wrap: (plain: Uint8Array, context: string) => Promise<Buffer>;
  /** Null where key, context or bytes are not those that were wrapped. Throws as `wrap`. */
  readonly unwrap: (wrapped: Uint8Array, context: string) => Promise<Buffer | null>;
}

/** The master key that wraps from now on, and others that may still have wrapped something. */
export interface MasterKeys {
  readonly current: MasterKey;
  readonly others: readonly MasterKey[];
}

/** A key whose 32 bytes are here. Its id is the first 16 hex digits of an HMAC under it. */
export function masterKeyOf(bytes: Uint8Array): MasterKey {
  if (bytes.length !== KEY_BYTES) throw new Error('a master key has 32 bytes');
  const random = systemRandom();
  return {
    id: Buffer.from(derivedFrom(bytes, 'id')).toString('hex').slice(0, 16),
    kind: 'file',
    wrap: async (plain, context) => seal(bytes, plain, context, random),
    unwrap: async (wrapped, context) => unseal(bytes, wrapped, context),
  };
}

/** 32 bytes from a secret for one named purpose. */
export function derivedFrom(secret: Uint8Array, purpose: string): Uint8Array {
  return createHmac('sha256', secret).update(`qd.master.1|${purpose}`).digest();
}
