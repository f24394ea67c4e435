/**
 * Postmark signs nothing. What it is known by: basic auth that only it was told, an address that it calls from, and that it
 * confirms, asked back by the message's id, that the message is one of this server's and had such an event (Postmark,
 * Webhooks overview, Protecting your webhook; Messages API, Outbound message details). What it answers is what is kept; of
 * the delivery itself nothing is believed but which message to ask for.
 */

import { z } from 'zod';
import { jsonOf } from '#sealing/json-bytes.ts';
import { sameSecret } from './hmac.ts';
import { type ProviderRules, refuse } from './provider.ts';

const EventSchema = z.object({
  RecordType: z.enum(['Delivery', 'Bounce', 'SpamComplaint', 'Open', 'Click', 'SubscriptionChange']),
  MessageID: z.uuid(),
});
/** How Postmark names each record type among the events of a message. */
const EVENT_OF: { readonly [type in z.infer<typeof EventSchema>['RecordType']]: readonly string[] } = {
  Delivery: ['Delivered'],
  Bounce: ['Bounced', 'Transient'],
  // The Bounce API lists complaints among the bounces.
  SpamComplaint: ['SpamComplaint', 'Bounced'],
  Open: ['Opened'],
  Click: ['LinkClicked'],
  SubscriptionChange: ['SubscriptionChanged'],
};
const DetailsSchema = z.object({
  MessageID: z.string(),
  MessageEvents: z.array(z.looseObject({ Type: z.string(), ReceivedAt: z.string().max(64) })).max(10_000),
});

export const POSTMARK: ProviderRules<'postmark'> = {
  judge: async ({ header, body, address }, keys, _now, confirm) => {
    const given = header('authorization');
    if (given === undefined) return refuse('unsigned');
    const due = `Basic ${Buffer.from(`${keys.user}:${keys.password}`, 'utf8').toString('base64')}`;
    if (!sameSecret(given, due)) return refuse('credentials');
    if (!keys.addresses.includes(plainAddress(address))) return refuse('address');
    const event = EventSchema.safeParse(jsonOf(body));
    if (!event.success) return refuse('shape');
    const { RecordType, MessageID } = event.data;
    const details = DetailsSchema.safeParse(
      await confirm(`/messages/outbound/${encodeURIComponent(MessageID)}/details`, {
        'x-postmark-server-token': keys.serverToken,
      }),
    );
    if (!details.success || details.data.MessageID !== MessageID) return refuse('unconfirmed');
    const had = details.data.MessageEvents.filter(({ Type }) => EVENT_OF[RecordType].includes(Type));
    // A message is opened more than once: each time is an event of its own, told again it is the same.
    const newest = had.sort((a, b) => (a.ReceivedAt < b.ReceivedAt ? 1 : -1))[0];
    if (newest === undefined) return refuse('unconfirmed');
    const content = Buffer.from(JSON.stringify({ RecordType, MessageID, event: newest }), 'utf8');
    return {
      genuine: true,
      happening: { event: `${MessageID}/${RecordType}/${newest.ReceivedAt}`, kind: RecordType, content },
    };
  },
};

/** An IPv4 address that came over an IPv6 socket, as itself. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}
