/** Lob: HMAC-SHA256 over `timestamp.body`, hex (Lob, Webhooks, Verifying requests). */

import { z } from 'zod';
import { jsonOf } from '#sealing/json-bytes.ts';
import { hmacHolds } from './hmac.ts';
import { isInWindow, type ProviderRules, refuse, secondsOf, signedBytes } from './provider.ts';

const EventSchema = z.object({
  id: z.string().min(1).max(128),
  event_type: z.object({ id: z.string().min(1).max(128) }),
});

export const LOB: ProviderRules<'lob'> = {
  judge: ({ header, body }, { secret }, now) => {
    const signature = header('lob-signature');
    const timestamp = header('lob-signature-timestamp');
    const seconds = lobSeconds(timestamp);
    if (signature === undefined || seconds === null) return refuse('unsigned');
    if (!hmacHolds(secret, signedBytes(`${timestamp}.`, body), signature)) return refuse('signature');
    if (!isInWindow(seconds, now)) return refuse('window');
    const event = EventSchema.safeParse(jsonOf(body));
    if (!event.success) return refuse('shape');
    return { genuine: true, happening: { event: event.data.id, kind: event.data.event_type.id, content: body } };
  },
};

/** Lob's timestamps are seconds or, in newer deliveries, milliseconds since 1970. */
function lobSeconds(text: string | undefined): number | null {
  if (text !== undefined && /^\d{13}$/.test(text)) return Number(text) / 1_000;
  return secondsOf(text);
}
