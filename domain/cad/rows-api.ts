/** Holding the rows against the facts, as the center's API says it. */
import { z } from 'zod';

export const RowsVerificationQuerySchema = z.strictObject({
  /** `next` of the answer before. */
  after: z.string().max(400).optional(),
  /** Entities in one answer at most; there are fewer where they take longer than some seconds. */
  limit: z.coerce.number().int().min(1).max(1_000_000).default(1_000_000),
});

/**
 * A stretch of the entities, each folded anew at one moment. `next` begins the one after it: what is verified is the whole of the
 * answers up to the one that names none; rows about which there are no facts are found in the last of them.
 */
export const RowsVerificationSchema = z.strictObject({
  /** Folded anew in this stretch, and how many there are in all. */
  entities: z.int(),
  of: z.int(),
  different: z.array(z.string()),
  next: z.string().nullable(),
});
export type RowsVerification = z.infer<typeof RowsVerificationSchema>;

/** Differences that are named; what is beyond them is found when these have been dealt with. */
export const NAMED_ROWS = 50;

/** What all stretches say together that were held so far, `next` of them the last. */
export function rowsHeldSoFar(before: RowsVerification | null, next: RowsVerification): RowsVerification {
  return {
    ...next,
    entities: (before?.entities ?? 0) + next.entities,
    different: [...(before?.different ?? []), ...next.different].slice(0, NAMED_ROWS),
  };
}
