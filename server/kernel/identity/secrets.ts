/** Secrets that the center hands out once and keeps only as hashes. */
import type { RandomBytes } from '#domain/kernel/ids.ts';
import { sha256 } from '#sealing/digest.ts';

/** Crockford's base 32: no I, L, O or U, so a code survives being read over the telephone. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Five bits each: 140. OWASP ASVS 5.0, 11.5.1, asks for 128 of whatever must not be guessed, throttled and short-lived or not. */
export const CODE_LETTERS = 28;

/** A code of random letters in groups of four. */
export function newCode(random: RandomBytes): string {
  const code = Array.from(random(CODE_LETTERS), (byte) => LETTERS[byte & 31]).join('');
  return code.replace(/(.{4})(?=.)/g, '$1-');
}

/** What a one-time code is for: a code of one kind is none of another. */
type CodeFor = 'enrol' | 'invite' | 'reset';

/** The letters of a code. Case, blanks and hyphens as typed make no difference; nor do O for 0, I and L for 1. */
export function plainCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
}

/** What is kept of a one-time code. */
export function codeHash(of: CodeFor, code: string): string {
  return sha256(`qd.${of}.1|${plainCode(code)}`);
}

/** A refresh token of 256 random bits. */
export function newRefreshToken(random: RandomBytes): string {
  return Buffer.from(random(32)).toString('base64url');
}

/** What is kept of a refresh token. */
export function refreshTokenHash(token: string): string {
  return sha256(`qd.refresh.1|${token}`);
}

/** A station's short form for clocks and number suffixes: three of `A-Z0-9` that are not mistaken for another. */
export function newShort(random: RandomBytes): string {
  return Array.from(random(3), (byte) => LETTERS[byte & 31]).join('');
}

/** What rate limits and failure counts are kept under: names and addresses do not stand in those tables in clear. */
export function limitKey(kind: string, value: string): string {
  return sha256(`qd.limit.1|${kind}|${value.trim().toLowerCase()}`).slice(0, 32);
}
