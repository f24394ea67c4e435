/**
 * Reads of patient data at a station, on their way to the center's audit: POST /v1/access/reads, ReadsIn → ReadsOut, with the
 * device's token. They ride a log of their own, numbered 1,2,3… within one opening of the store, apart from the facts.
 */
import { z } from 'zod';
import { EntityRefSchema } from '../kernel/fact.ts';

/** Most reads in one call. */
export const MAX_READS = 1_000;

const Name = z.string().min(1).max(128);
const ReadSchema = z.strictObject({
  seq: z.int().min(1),
  /** When it first was on a screen of this person in that minute, ms UTC by the station's corrected clock. */
  at: z.int().min(0),
  by: Name,
  session: Name.nullable(),
  position: Name.nullable(),
  entity: EntityRefSchema,
  /** What of it was shown. */
  fields: z.array(z.string().max(64)).max(32),
});
export type Read = z.infer<typeof ReadSchema>;

export const ReadsInSchema = z.strictObject({ log: Name, reads: z.array(ReadSchema).min(1).max(MAX_READS) });
export type ReadsIn = z.infer<typeof ReadsInSchema>;
/** How far the log is taken: what is up to it need not be sent again. */
export const ReadsOutSchema = z.strictObject({ taken: z.int().min(0) });
