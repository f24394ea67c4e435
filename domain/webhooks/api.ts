/** Webhooks as the center's API says them. Keys go in and never come out. */
import { z } from 'zod';

export const ProviderSchema = z.enum(['telnyx', 'lob', 'stripe', 'postmark']);
export type Provider = z.infer<typeof ProviderSchema>;

const Id = z.string().min(1).max(128);
const Secret = z.string().min(16).max(512).regex(/^\S+$/);
/** IPv4 or IPv6, as the provider publishes them. */
const Address = z.union([z.ipv4(), z.ipv6()]);

/** What each provider's genuine calls are known by. */
const KEYS_SCHEMAS = {
  /** Public key of the account, base64 of 32 bytes (Mission Control, Account Settings, Keys & Credentials). */
  telnyx: z.strictObject({ provider: z.literal('telnyx'), publicKey: z.string().regex(/^[A-Za-z0-9+/]{43}=$/) }),
  /** Signing secret of the webhook. */
  lob: z.strictObject({ provider: z.literal('lob'), secret: Secret }),
  /** Signing secret of the endpoint (`whsec_…`). */
  stripe: z.strictObject({ provider: z.literal('stripe'), secret: Secret }),
  /** Postmark signs nothing: basic auth that it was given, addresses it calls from, and the token to ask it back. */
  postmark: z.strictObject({
    provider: z.literal('postmark'),
    user: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[^:\s]+$/),
    password: Secret,
    addresses: z.array(Address).min(1).max(64),
    serverToken: Secret,
  }),
} as const;
export const WebhookKeysSchema = z.discriminatedUnion(
  'provider',
  Object.values(KEYS_SCHEMAS) as [
    typeof KEYS_SCHEMAS.telnyx,
    typeof KEYS_SCHEMAS.lob,
    typeof KEYS_SCHEMAS.stripe,
    typeof KEYS_SCHEMAS.postmark,
  ],
);
export type WebhookKeys = z.infer<typeof WebhookKeysSchema>;
export type KeysOf<P extends Provider> = Extract<WebhookKeys, { provider: P }>;

export const WebhookInSchema = z.strictObject({ name: z.string().trim().min(1).max(80), keys: WebhookKeysSchema });
const WebhookOutSchema = z.strictObject({
  id: Id,
  provider: ProviderSchema,
  name: z.string(),
  /** Where the provider is to call: the path at this center. */
  path: z.string(),
  createdAt: z.int(),
  /** Keys of before are taken until then, ms UTC; null where there are none. */
  oldKeysUntil: z.int().nullable(),
  retiredAt: z.int().nullable(),
  received: z.int(),
  lastReceivedAt: z.int().nullable(),
});
export const WebhooksOutSchema = z.strictObject({ webhooks: z.array(WebhookOutSchema) });

const ReceiptOutSchema = z.strictObject({
  id: Id,
  webhook: Id,
  /** The provider's own name of the event and its kind. */
  event: z.string(),
  kind: z.string(),
  receivedAt: z.int(),
  bytes: z.int(),
});
export const ReceiptsOutSchema = z.strictObject({ receipts: z.array(ReceiptOutSchema), next: z.string().nullable() });
