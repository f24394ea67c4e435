/**
 * Checking Ed25519 (RFC 8032) with libsodium: less than half of what OpenSSL takes for it, and signatures are the largest
 * part of what intake computes. What libsodium does not take is asked of OpenSSL as well, so that the center judges every
 * signature as the stations do.
 */
import { signatureHolds } from '#sealing/signing.ts';
import { sodium } from '../keys/sodium.ts';
import type { Verify } from './prepare.ts';

const keys = new Map<string, Buffer>();

function keyOf(publicKey: string): Buffer {
  const held = keys.get(publicKey);
  if (held) return held;
  const bytes = Buffer.from(publicKey, 'base64url');
  if (keys.size > 10_000) keys.clear();
  keys.set(publicKey, bytes);
  return bytes;
}

/** The same answers as `signatureHolds`, sooner. */
export function signatureHoldsQuickly(publicKey: string, text: string, signature: string): boolean {
  const key = keyOf(publicKey);
  const bytes = Buffer.from(signature, 'base64url');
  if (sodium && key.length === sodium.crypto_sign_PUBLICKEYBYTES && bytes.length === sodium.crypto_sign_BYTES) {
    if (sodium.crypto_sign_verify_detached(bytes, Buffer.from(text, 'utf8'), key)) return true;
  }
  return signatureHolds(publicKey, text, signature);
}

/** `verifyHere`, sooner. */
export const verifyQuickly: Verify = async (checks) =>
  checks.map(({ keys: by, text, signature }) => by.some((key) => signatureHoldsQuickly(key, text, signature)));
