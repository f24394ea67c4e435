/**
 * Keys of entities. The first author of an entity makes its key and sends it, wrapped under the site's key, beside the
 * facts it seals. An entity may have several (two stations may each have been first). Destroying every copy of an
 * entity's wrapped keys erases what it sealed. Frozen with the fact.
 */
import { z } from 'zod';
import { EntityRefSchema } from './fact.ts';

export const KeyEnvelopeSchema = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\w-]+$/),
  entity: EntityRefSchema,
  org: z.string().min(1).max(128),
  site: z.string().min(1).max(128),
  /** Which of the site's keys wraps it. */
  under: z.string().min(1).max(64),
  /** base64url of nonce(12) | AES-256-GCM(32-byte key) | tag(16); id, entity, org and site are authenticated with it. */
  wrapped: z.string().regex(/^[\w-]{80}$/),
});
export type KeyEnvelope = z.infer<typeof KeyEnvelopeSchema>;

/** What the wrapping authenticates besides the key, as one string. */
export function envelopeContext(e: Pick<KeyEnvelope, 'id' | 'entity' | 'org' | 'site'>): string {
  return `qd.key.1|${e.id}|${e.entity}|${e.org}|${e.site}`;
}
