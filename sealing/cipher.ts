/** AES-256-GCM with authenticated context. Sealed form: nonce(12) | ciphertext | tag(16). */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { envelopeContext, type KeyEnvelope } from '../domain/kernel/envelope.ts';
import type { RandomBytes } from '../domain/kernel/ids.ts';

export const KEY_BYTES = 32;
const NONCE = 12;
const TAG = 16;

// Bare bytes as key cost Node 24 three times what a KeyObject does; one is made once for as long as its bytes are held.
const objects = new WeakMap<Uint8Array, KeyObject>();
function keyObject(key: Uint8Array): KeyObject {
  const held = objects.get(key);
  if (held) return held;
  const made = createSecretKey(key);
  objects.set(key, made);
  return made;
}

/** AES-256-GCM: nonce, ciphertext, tag. `context` is authenticated with it, and has to be said again to open it. */
export function seal(key: Uint8Array, plain: Uint8Array, context: string, random: RandomBytes): Buffer {
  const nonce = random(NONCE);
  const cipher = createCipheriv('aes-256-gcm', keyObject(key), nonce);
  cipher.setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The plain bytes, or null where key, context or bytes are not those that were sealed. */
export function unseal(key: Uint8Array, sealed: Uint8Array, context: string): Buffer | null {
  if (sealed.length < NONCE + TAG) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyObject(key), sealed.subarray(0, NONCE), {
      authTagLength: TAG,
    });
    decipher.setAAD(Buffer.from(context, 'utf8'));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    // GCM holds nothing back for the end, which only judges the tag; before it did, nothing of this is anybody's.
    const plain = decipher.update(sealed.subarray(NONCE, sealed.length - TAG));
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}

/** An entity's key, wrapped under its site's key for the way between stations and center. */
export function wrapKey(
  siteKey: Uint8Array,
  key: Uint8Array,
  about: Omit<KeyEnvelope, 'wrapped'>,
  random: RandomBytes,
): KeyEnvelope {
  return { ...about, wrapped: seal(siteKey, key, envelopeContext(about), random).toString('base64url') };
}

/** The entity key in an envelope; null where the site key is another, or the envelope was altered. */
export function unwrapKey(siteKey: Uint8Array, envelope: KeyEnvelope): Buffer | null {
  const key = unseal(siteKey, Buffer.from(envelope.wrapped, 'base64url'), envelopeContext(envelope));
  return key && key.length === KEY_BYTES ? key : null;
}
