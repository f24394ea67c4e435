/**
 * The short code by which two people see that they look at the same device key, one at the workstation and one at the
 * center. It is made slowly on purpose: 30 bits are few, and another key with the same code must not be found within the
 * hours that a workstation may wait for its approval (2^30 tries of 32 MiB and some 80 ms each).
 */
import { scrypt } from 'node:crypto';

/** Crockford's base 32: no I, L, O or U, so a code survives being read over the telephone. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const COST = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

/** Of a public device key, as `KX4-72Q`. */
export function compareCodeOf(deviceKey: string): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(deviceKey, 'qd.compare.1', 6, COST, (error, bytes) => {
      if (error) return reject(error);
      const letters = Array.from(bytes, (byte) => LETTERS[byte & 31]).join('');
      resolve(`${letters.slice(0, 3)}-${letters.slice(3)}`);
    });
  });
}

/** The code as it may be typed: case and hyphen make no difference, nor do O for 0, I and L for 1. */
export function sameCompareCode(typed: string, code: string): boolean {
  const plain = (text: string): string =>
    text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return plain(typed) === plain(code);
}
