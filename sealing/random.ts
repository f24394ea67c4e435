import { randomFillSync } from 'node:crypto';
import type { RandomBytes } from '../domain/kernel/ids.ts';

const POOL_BYTES = 8_192;

/**
 * The operating system's randomness, drawn a few kilobytes at a time: nonces, salts and ids ask for some bytes many
 * times a second, and a call into the generator costs more than the bytes. What was handed out is wiped from the pool.
 */
export function systemRandom(): RandomBytes {
  const pool = Buffer.alloc(POOL_BYTES);
  let used = POOL_BYTES;
  return (length) => {
    if (length > POOL_BYTES) return randomFillSync(Buffer.alloc(length));
    if (used + length > POOL_BYTES) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = Buffer.from(pool.subarray(used, used + length));
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  };
}
