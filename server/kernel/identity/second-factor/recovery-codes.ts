/**
 * Recovery codes: look-up secrets for whoever lost app and key. Each has 120 random bits, so that a plain hash keeps it:
 * NIST SP 800-63B-4, 3.1.2.2, asks for a slow salted hash only below 112 bits, where guessing from the hash is thinkable.
 */
import type { RandomBytes } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';
import { newCode, plainCode } from '../secrets.ts';

const HOW_MANY = 10;
const LETTERS = 24;

/** Ten codes as `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`, in Crockford's base 32. */
export function newRecoveryCodes(random: RandomBytes): readonly string[] {
  return Array.from({ length: HOW_MANY }, () => newCode(random, LETTERS));
}

/** What is kept of one of a person's codes; null where what was typed cannot be a code at all. */
export function recoveryCodeHash(person: string, code: string): string | null {
  const plain = plainCode(code);
  return plain.length === LETTERS ? sha256(`qd.recovery.1|${person}|${plain}`) : null;
}
