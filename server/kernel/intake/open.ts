/** Opening bodies: the entity's key is unwrapped under the site's, once for each envelope. */
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import { unwrapKey } from '#sealing/cipher.ts';
import type { IntakeTransaction } from './port.ts';

/** Keys by envelope: an envelope never changes, so what it unwraps to is remembered as long as it is. */
const unwrapped = new WeakMap<KeyEnvelope, Uint8Array>();

/** The key in an envelope, by the site key that it is wrapped under; null where that is not held, or it was altered. */
export async function openEnvelope(
  envelope: KeyEnvelope,
  siteKey: (site: string, id: string) => Promise<Uint8Array | null>,
): Promise<Uint8Array | null> {
  const known = unwrapped.get(envelope);
  if (known) return known;
  const under = await siteKey(envelope.site, envelope.under);
  const key = under && unwrapKey(under, envelope);
  if (key) unwrapped.set(envelope, key);
  return key;
}

/** The keys of these ids that are held and open, for bodies sealed under them. */
export async function openKeys(
  tx: Pick<IntakeTransaction, 'keys' | 'siteKey'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const open = new Map<string, Uint8Array>();
  if (ids.length === 0) return open;
  for (const [id, envelope] of await tx.keys(ids)) {
    const key = await openEnvelope(envelope, tx.siteKey);
    if (key) open.set(id, key);
  }
  return open;
}
