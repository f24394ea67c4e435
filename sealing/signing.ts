/** Ed25519 (RFC 8032) with keys as base64url text: 32 raw bytes public, PKCS #8 private. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

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

/** What libsodium has of Ed25519. */
export interface QuickEd25519 {
  readonly crypto_sign_seed_keypair: (publicKey: Buffer, secretKey: Buffer, seed: Buffer) => void;
  readonly crypto_sign_detached: (signature: Buffer, message: Buffer, secretKey: Buffer) => void;
  readonly crypto_sign_verify_detached: (signature: Buffer, message: Buffer, publicKey: Buffer) => boolean;
}

let quick: QuickEd25519 | null = null;

/**
 * Signs and checks with libsodium from here on, in half of what OpenSSL takes. Signatures are the same bytes (RFC 8032 leaves
 * no choice), and what libsodium does not take is asked of OpenSSL as well, so no verdict differs. Whoever runs loads the
 * package: sealing itself needs nothing but Node, and goes on with it where there is no build.
 */
export function quickenSigning(by: QuickEd25519): void {
  quick = by;
}

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** libsodium's form of a key: seed and public key, in one. Null for what is no Ed25519 key in its plain form (RFC 8410 §7). */
function secretOf(der: Buffer, by: QuickEd25519): Buffer | null {
  if (der.length !== PKCS8_PREFIX.length + KEY_BYTES || !der.subarray(0, PKCS8_PREFIX.length).equals(PKCS8_PREFIX)) {
    return null;
  }
  const secret = Buffer.alloc(2 * KEY_BYTES);
  by.crypto_sign_seed_keypair(Buffer.alloc(KEY_BYTES), secret, der.subarray(PKCS8_PREFIX.length));
  return secret;
}

/** Of a private key, PKCS #8 in base64url. Throws where it is none. */
export function signerOf(privateKey: string): Signer {
  const der = Buffer.from(privateKey, 'base64url');
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  let secret: Buffer | null | undefined;
  return {
    publicKey: spki.subarray(SPKI_PREFIX.length).toString('base64url'),
    sign: (text) => {
      const message = Buffer.from(text, 'utf8');
      if (quick && secret === undefined) secret = secretOf(der, quick);
      if (!quick || !secret) return sign(null, message, key).toString('base64url');
      const signature = Buffer.allocUnsafe(SIGNATURE_BYTES);
      quick.crypto_sign_detached(signature, message, secret);
      return signature.toString('base64url');
    },
  };
}

interface Verifier {
  readonly key: KeyObject;
  readonly raw: Buffer;
}

const known = new Map<string, Verifier>();

function verifierOf(publicKey: string): Verifier | null {
  const held = known.get(publicKey);
  if (held) return held;
  const raw = Buffer.from(publicKey, 'base64url');
  if (raw.length !== KEY_BYTES) return null;
  const verifier = {
    key: createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' }),
    raw,
  };
  if (known.size > 10_000) known.clear();
  known.set(publicKey, verifier);
  return verifier;
}

/** Whether `signature` is `publicKey`'s over `text`. Never throws; anything malformed is false. */
export function signatureHolds(publicKey: string, text: string, signature: string): boolean {
  try {
    const by = verifierOf(publicKey);
    if (!by) return false;
    const message = Buffer.from(text, 'utf8');
    const bytes = Buffer.from(signature, 'base64url');
    if (bytes.length !== SIGNATURE_BYTES) return false;
    if (quick?.crypto_sign_verify_detached(bytes, message, by.raw)) return true;
    return verify(null, message, by.key, bytes);
  } catch {
    return false;
  }
}
