/** Telnyx: Ed25519 over `timestamp|body` (Telnyx, Webhook signing; API v2). */

import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { jsonOf } from '#sealing/json-bytes.ts';
import { isInWindow, type ProviderRules, refuse, secondsOf, signedBytes } from './provider.ts';

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const EventSchema = z.object({
  data: z.object({ id: z.string().min(1).max(128), event_type: z.string().min(1).max(128) }),
});

const known = new Map<string, KeyObject>();
function keyOf(publicKey: string): KeyObject {
  const held = known.get(publicKey);
  if (held) return held;
  const key = createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64')]),
    format: 'der',
    type: 'spki',
  });
  if (known.size > 1_000) known.clear();
  known.set(publicKey, key);
  return key;
}

/** Whether an Ed25519 signature, base64 as the standard spells it, is `publicKey`'s over `message`. Never throws. */
export function ed25519Holds(publicKey: string, message: Uint8Array, signature: string): boolean {
  const bytes = Buffer.from(signature, 'base64');
  if (bytes.length !== 64 || bytes.toString('base64') !== signature) return false;
  try {
    return verify(null, message, keyOf(publicKey), bytes);
  } catch {
    return false;
  }
}

export const TELNYX: ProviderRules<'telnyx'> = {
  judge: ({ header, body }, { publicKey }, now) => {
    const signature = header('telnyx-signature-ed25519');
    const timestamp = header('telnyx-timestamp');
    const seconds = secondsOf(timestamp);
    if (signature === undefined || seconds === null) return refuse('unsigned');
    if (!ed25519Holds(publicKey, signedBytes(`${timestamp}|`, body), signature)) return refuse('signature');
    if (!isInWindow(seconds, now)) return refuse('window');
    const event = EventSchema.safeParse(jsonOf(body));
    if (!event.success) return refuse('shape');
    return { genuine: true, happening: { event: event.data.data.id, kind: event.data.data.event_type, content: body } };
  },
};
