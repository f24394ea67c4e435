import type { RandomBytes } from '#domain/kernel/ids.ts';

export const KEY_ID_BYTES = 12;

/** The id of a new key that is known by nothing of its own, as one to sign with is by its public half. base64url */
export function newKeyId(random: RandomBytes): string {
  return Buffer.from(random(KEY_ID_BYTES)).toString('base64url');
}
