import { createHmac, timingSafeEqual } from 'node:crypto';

/** HMAC-SHA256 (RFC 2104). */
export function hmacSha256(key: string | Uint8Array, message: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(message).digest();
}

/**
 * Whether `signature` is the lower-case hex HMAC-SHA256 of `message`, compared in constant time. Another spelling of the same
 * bytes is not the signature: one delivery has one form.
 */
export function hmacHolds(secret: string, message: Uint8Array, signature: string): boolean {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false;
  return timingSafeEqual(hmacSha256(secret, message), Buffer.from(signature, 'hex'));
}

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const under = 'qd.compare.1';
  return timingSafeEqual(hmacSha256(under, Buffer.from(a)), hmacSha256(under, Buffer.from(b)));
}
