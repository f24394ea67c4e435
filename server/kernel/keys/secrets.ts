/**
 * Secrets of an organisation, sealed under its keys for them. A sealed one names its key: the letter q, the key's id in 12 bytes,
 * and the sealed bytes.
 */
import type { RandomBytes } from '#domain/kernel/ids.ts';
import { seal, unseal } from '#sealing/cipher.ts';
import { secretContext } from './contexts.ts';
import { type InnerKey, UNNAMED } from './inner-keys.ts';
import { KEY_ID_BYTES } from './key-id.ts';

const MARK = 0x71;
/** How much of a sealed secret names its key. */
export const MARK_BYTES = 1 + KEY_ID_BYTES;

/** Where a secret belongs: what else it is authenticated with. */
interface Place {
  readonly org: string;
  readonly context: string;
}

export function sealSecret(
  { id, bytes }: Pick<InnerKey, 'id' | 'bytes'>,
  plain: Uint8Array,
  { org, context }: Place,
  random: RandomBytes,
): Buffer {
  const sealed = seal(bytes, plain, secretContext(org, context), random);
  return Buffer.concat([Buffer.from([MARK]), Buffer.from(id, 'base64url'), sealed]);
}

/** Null where none of the keys, the place or the bytes is what it was sealed with. */
export function openSecret(
  keys: readonly Pick<InnerKey, 'id' | 'bytes'>[],
  secret: Uint8Array,
  { org, context }: Place,
): Buffer | null {
  const keyOf = (id: string) => keys.find((key) => key.id === id);
  const of = secretContext(org, context);
  const mark = readMark(secret);
  const named = mark && keyOf(mark.id);
  const plain = mark && named ? unseal(named.bytes, mark.sealed, of) : null;
  if (plain) return plain;
  // One of an older build names none, and may begin as a mark does.
  const unnamed = keyOf(UNNAMED);
  return unnamed ? unseal(unnamed.bytes, secret, of) : null;
}

/** Null for one that names no key, as an older build wrote them. */
export function readMark(secret: Uint8Array): { readonly id: string; readonly sealed: Uint8Array } | null {
  if (secret[0] !== MARK || secret.length <= MARK_BYTES) return null;
  return { id: Buffer.from(secret.subarray(1, MARK_BYTES)).toString('base64url'), sealed: secret.subarray(MARK_BYTES) };
}
