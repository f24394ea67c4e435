import { hash } from 'node:crypto';
import type { FactHeader } from '../domain/kernel/fact.ts';
import { canonicalJson } from '../domain/kernel/json.ts';
import type { StreamItem } from '../domain/kernel/stream.ts';

/** SHA-256 of text or bytes, base64url without padding: the form hashes have in headers. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'base64url');
}

/** The hash that the next fact of a log names in `prev`. */
export function headerHash(headerText: string): string {
  return sha256(headerText);
}

/** What tells an item of a stream from any other; an erased body changes nothing in it. */
export function itemHash(item: StreamItem): string {
  if ('frame' in item) return headerHash(item.frame.h);
  return sha256(canonicalJson('record' in item ? item.record : item.marker));
}

/** Whether a header's claim about its body holds for `salted` (salt followed by the JSON text). */
export function bodyMatches(header: Pick<FactHeader, 'body'>, salted: Uint8Array): boolean {
  return sha256(salted) === header.body;
}
