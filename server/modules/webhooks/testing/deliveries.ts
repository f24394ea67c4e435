/** Genuine deliveries of each provider, signed as the provider signs, and what a forger could make of one. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeysOf, Provider, WebhookKeys } from '#domain/webhooks/api.ts';
import { hmacSha256 } from '../providers/hmac.ts';

export interface Sent {
  readonly headers: { readonly [name: string]: string };
  readonly body: Buffer;
}

const telnyx = generateKeyPairSync('ed25519');
const secretOf = (): string => randomBytes(24).toString('base64url');

export const KEYS: { readonly [P in Provider]: KeysOf<P> } = {
  telnyx: {
    provider: 'telnyx',
    publicKey: telnyx.publicKey.export({ format: 'der', type: 'spki' }).subarray(12).toString('base64'),
  },
  lob: { provider: 'lob', secret: secretOf() },
  stripe: { provider: 'stripe', secret: `whsec_${secretOf()}` },
  postmark: {
    provider: 'postmark',
    user: 'postmark',
    password: secretOf(),
    addresses: ['127.0.0.1', '3.134.147.250'],
    serverToken: secretOf(),
  },
};

const hex = (secret: string, text: string): string =>
  Buffer.from(hmacSha256(secret, Buffer.from(text))).toString('hex');

const BODIES: { readonly [P in Provider]: (event: string) => object } = {
  telnyx: (id) => ({ data: { id, event_type: 'message.received', payload: { text: 'Zoë is on her way' } } }),
  lob: (id) => ({ id, event_type: { id: 'letter.delivered' }, body: { object: 'letter' } }),
  stripe: (id) => ({ id, type: 'invoice.paid', data: { object: { amount_paid: 12_500 } } }),
  postmark: (id) => ({ RecordType: 'Delivery', MessageID: id, Recipient: 'records@example.org' }),
};

/** A delivery that is genuine at `now` (ms UTC) under `keys`. Postmark’s event is the id of a message, a UUID. */
export function genuine(keys: WebhookKeys, event: string, now: number): Sent {
  const text = JSON.stringify(BODIES[keys.provider](event));
  const body = Buffer.from(text);
  const seconds = String(Math.floor(now / 1_000));
  const json = { 'content-type': 'application/json' };
  switch (keys.provider) {
    case 'telnyx': {
      const signature = sign(null, Buffer.from(`${seconds}|${text}`), telnyx.privateKey).toString('base64');
      return { body, headers: { ...json, 'telnyx-timestamp': seconds, 'telnyx-signature-ed25519': signature } };
    }
    case 'lob': {
      const headers = { 'lob-signature-timestamp': seconds, 'lob-signature': hex(keys.secret, `${seconds}.${text}`) };
      return { body, headers: { ...json, ...headers } };
    }
    case 'stripe': {
      const signature = hex(keys.secret, `${seconds}.${text}`);
      return { body, headers: { ...json, 'stripe-signature': `t=${seconds},v1=${signature},v0=${'0'.repeat(64)}` } };
    }
    case 'postmark': {
      const credentials = Buffer.from(`${keys.user}:${keys.password}`).toString('base64');
      return { body, headers: { ...json, authorization: `Basic ${credentials}` } };
    }
  }
}

/** Headers by which each provider proves itself; the others may say anything. */
export const PROOF: { readonly [P in Provider]: readonly string[] } = {
  telnyx: ['telnyx-timestamp', 'telnyx-signature-ed25519'],
  lob: ['lob-signature-timestamp', 'lob-signature'],
  stripe: ['stripe-signature'],
  postmark: ['authorization'],
};
