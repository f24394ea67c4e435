/** HKDF-SHA256 (RFC 5869): a key of its own for each purpose. `bytes` up to 8,160. */
import { hkdfSync } from 'node:crypto';

/** RFC 5869. */
export function hkdfSha256(secret: Uint8Array, salt: Uint8Array, info: string | Uint8Array, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));
}
