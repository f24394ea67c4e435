/**
 * Recovery codes: look-up secrets for whoever lost app and key. Each has 140 random bits, so that a plain hash keeps it:
 * NIST SP 800-63B-4, 3.1.2.2, asks for a slow salted hash only below 112 bits, where guessing from the hash is thinkable.
 */
import type { RandomBytes } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';
import { CODE_LETTERS, newCode, plainCode } from '../secrets.ts';

const HOW_MANY = 10;
/** Of those that were made before: they stay good. 120 bits. */
const LETTERS_BEFORE = 24;

/** Ten codes as {@link newCode} makes them. */
export function newRecoveryCodes(random: RandomBytes): readonly string[] {
  return Array.from({ length: HOW_MANY }, () => newCode(random));
}

/** What is kept of one of a person's codes; null where what was typed cannot be a code at all. */
export function recoveryCodeHash(person: string, code: string): string | null {
  const plain = plainCode(code);
  const known = plain.length === CODE_LETTERS || plain.length === LETTERS_BEFORE;
  return known ? sha256(`qd.recovery.1|${person}|${plain}`) : null;
}
