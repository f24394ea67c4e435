/** Stripe: HMAC-SHA256 over `t.body`, in a header `t=…,v1=…[,v1=…]` (Stripe, Verify webhook signatures manually). */

import { z } from 'zod';
import { jsonOf } from '#sealing/json-bytes.ts';
import { hmacHolds } from './hmac.ts';
import { isInWindow, type ProviderRules, refuse, secondsOf, signedBytes } from './provider.ts';

const EventSchema = z.object({ id: z.string().min(1).max(255), type: z.string().min(1).max(128) });
/** While Stripe rolls a secret it signs with both. */
const MOST_SIGNATURES = 4;

export const STRIPE: ProviderRules<'stripe'> = {
  judge: ({ header, body }, { secret }, now) => {
    const signed = readSignature(header('stripe-signature'));
    if (signed === null) return refuse('unsigned');
    const message = signedBytes(`${signed.timestamp}.`, body);
    if (!signed.signatures.some((signature) => hmacHolds(secret, message, signature))) return refuse('signature');
    if (!isInWindow(signed.seconds, now)) return refuse('window');
    const event = EventSchema.safeParse(jsonOf(body));
    if (!event.success) return refuse('shape');
    return { genuine: true, happening: { event: event.data.id, kind: event.data.type, content: body } };
  },
};

interface Signed {
  readonly timestamp: string;
  readonly seconds: number;
  readonly signatures: readonly string[];
}

/** Null where there is no one timestamp or no `v1`. Other schemes (`v0` of test mode) are passed over, never taken. */
function readSignature(header: string | undefined): Signed | null {
  const parts = (header ?? '').split(',').map((part) => part.split('=', 2) as [string, string | undefined]);
  const times = parts.flatMap(([name, value]) => (name === 't' && value !== undefined ? [value] : []));
  const signatures = parts.flatMap(([name, value]) => (name === 'v1' && value !== undefined ? [value] : []));
  const [timestamp] = times;
  const seconds = secondsOf(timestamp);
  if (times.length !== 1 || timestamp === undefined || seconds === null) return null;
  return signatures.length === 0 || signatures.length > MOST_SIGNATURES ? null : { timestamp, seconds, signatures };
}
