/**
 * The key of a row that was just read, opened by its site's key. What opened is remembered for as long as the site's key is:
 * seconds (site-keys.ts). It is found by the envelope that came with the row, every time, so an erased key opens nothing any more.
 */
import { envelopeContext, type KeyEnvelope } from '#domain/kernel/envelope.ts';
import { unwrapKey } from '#sealing/cipher.ts';

const MOST = 2_000;

const opened = new WeakMap<Uint8Array, Map<string, Buffer>>();

/** Null where the site's key does not open it. */
export function openedKey(siteKey: Uint8Array, envelope: KeyEnvelope): Buffer | null {
  let of = opened.get(siteKey);
  if (!of) {
    of = new Map();
    opened.set(siteKey, of);
  }
  // All that is authenticated with the key, so that none is found by a part of it.
  const name = `${envelope.wrapped}${envelopeContext(envelope)}`;
  const held = of.get(name);
  if (held) return held;
  const key = unwrapKey(siteKey, envelope);
  if (!key) return null;
  if (of.size >= MOST) of.clear();
  of.set(name, key);
  return key;
}
