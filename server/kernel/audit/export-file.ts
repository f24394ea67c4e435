/**
 * What a file of exported audit holds, one JSON value a line:
 *
 *   {"export": …}   what was asked by whom, and from which seal to which
 *   {"seal": …}     a seal: place, hash of the chain before and at it, signature, hashes of its entries, and which follow
 *   …               as many lines as it names, each exactly the text whose SHA-256 is among the hashes
 *   {"end": …}      how many there were, SHA-256 of all bytes before, and the center's signature over both
 *
 * A seal's hash is SHA-256 of the hash before it and the hashes of its entries; the signature is Ed25519 over
 * `qd.audit.1|org|position|total|hash`. Each entry that is in a file is so proven to be what was sealed, also where others
 * beside it were not asked for.
 */
import { z } from 'zod';
import { AuditFilterSchema } from '#domain/identity/api/audit.ts';

const Hex = z.string().regex(/^([0-9a-f]{2})*$/);
const HeadSchema = z.strictObject({
  v: z.literal(1),
  org: z.string(),
  by: z.string(),
  session: z.string(),
  request: z.string(),
  reason: z.string().nullable(),
  at: z.int(),
  filter: AuditFilterSchema,
  from: z.int(),
  to: z.int(),
  /** All that is sealed from the first to the last; otherwise what the filter asked for. */
  whole: z.boolean(),
});
const SealSchema = z.strictObject({
  position: z.int(),
  at: z.int(),
  total: z.int(),
  entries: z.int(),
  previous: Hex,
  hash: Hex,
  key: z.string().nullable(),
  sig: z.string().nullable(),
  /** Null where all of its entries follow. */
  leaves: z.base64().nullable(),
  places: z.array(z.int().nonnegative()).nullable(),
});
const EndSchema = z.strictObject({ seals: z.int(), entries: z.int(), digest: Hex, key: z.string(), sig: z.string() });
export const HeadLine = z.strictObject({ export: HeadSchema });
export const SealLine = z.strictObject({ seal: SealSchema });
export const EndLine = z.strictObject({ end: EndSchema });
export type ExportHead = z.infer<typeof HeadSchema>;
export type ExportSeal = z.infer<typeof SealSchema>;

export function endText(
  org: string,
  request: string,
  { seals, entries, digest }: Pick<z.infer<typeof EndSchema>, 'seals' | 'entries' | 'digest'>,
): string {
  return `qd.audit_export.1|${org}|${request}|${seals}|${entries}|${digest}`;
}
