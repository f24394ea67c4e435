import { hash } from 'node:crypto';
import type { FactHeader } from '../domain/kernel/fact.ts';

/** SHA-256 of text or bytes, base64url without padding: the form hashes have in headers. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url');
}

/** The hash that the next fact of a log names in `prev`. */
export function headerHash(headerText: string): string {
  return sha256(headerText);
}

/** Whether a header's claim about its body holds for `salted` (salt followed by the JSON text). */
export function bodyMatches(header: Pick<FactHeader, 'body'>, salted: Uint8Array): boolean {
  return sha256(salted) === header.body;
}
