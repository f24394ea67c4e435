/** Ed25519 (RFC 8032) with keys as base64url text: 32 raw bytes public, PKCS #8 private. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export interface Signer {
  /** base64url of the 32-byte public key. */
  readonly publicKey: string;
  /** base64url signature (86 characters) over the text's UTF-8. */
  readonly sign: (text: string) => string;
}

/** A new private key, PKCS #8 DER as base64url. Keep it in the key slots, never beside the data. */
export function newSigningKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64url');
}

export function signerOf(privateKey: string): Signer {
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64url'), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    publicKey: spki.subarray(SPKI_PREFIX.length).toString('base64url'),
    sign: (text) => sign(null, Buffer.from(text, 'utf8'), key).toString('base64url'),
  };
}

const known = new Map<string, KeyObject>();

function verifierOf(publicKey: string): KeyObject | null {
  const held = known.get(publicKey);
  if (held) return held;
  const raw = Buffer.from(publicKey, 'base64url');
  if (raw.length !== 32) return null;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  if (known.size > 10_000) known.clear();
  known.set(publicKey, key);
  return key;
}

/** Whether `signature` is `publicKey`'s over `text`. Never throws; anything malformed is false. */
export function signatureHolds(publicKey: string, text: string, signature: string): boolean {
  try {
    const key = verifierOf(publicKey);
    return key !== null && verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

/** The same on the thread pool, for batches that must not hold up the loop. */
export function signatureHoldsAsync(publicKey: string, text: string, signature: string): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const key = verifierOf(publicKey);
      if (!key) return resolve(false);
      verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature, 'base64url'), (error, holds) =>
        resolve(!error && holds),
      );
    } catch {
      resolve(false);
    }
  });
}
