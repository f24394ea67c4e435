/**
 * Logs: one opening of one store for writing. `seq` runs 1, 2, 3… and `prev` chains the headers; the first fact names
 * the head of the log before it, the last closes it. So a lost fsync, a restored disk or a re-enrolled workstation can
 * never issue a position twice.
 */
import { z } from 'zod';
import { LAST_SEQ, LogIdSchema } from './fact.ts';

/** The head of a log: its last position and the hash of the header there. */
export const LogHeadSchema = z.strictObject({
  log: z.string().min(1).max(128),
  seq: z.int().min(0),
  hash: z.string().nullable(),
});
export type LogHead = z.infer<typeof LogHeadSchema>;

/** The body of `log.opened`. `reads` lists the `type@v` this station can read; new ones are emitted once all can. */
export const LogOpenedSchema = z.object({
  after: LogHeadSchema.nullable(),
  build: z.string().max(64),
  reads: z.array(z.string().max(80)).max(512),
});
/** The body of `log.closed`: nothing more will be appended. */
export const LogClosedSchema = z.object({ reason: z.enum(['shutdown', 'superseded']) });
/** The body of `log.gap`: positions of an earlier log that salvage could not save, both ends included. */
export const LogGapSchema = z.object({
  log: LogIdSchema,
  from: z.int().min(1).max(LAST_SEQ),
  to: z.int().min(1).max(LAST_SEQ),
});
/** The body of `clock.measured`: offset of the center's clock from the station's, and half the round trip. Milliseconds. */
export const ClockMeasuredSchema = z.object({ offset: z.number(), uncertainty: z.number() });

/** Where the next frame of a log stands against what is held. */
export type Place = 'next' | 'held' | 'ahead' | 'forked';

/**
 * Decides what to do with position `seq` (chained on `prev`) of a log of which `head` is held.
 *
 * Invariants: only `next` is ever appended; `held` is acknowledged again and not applied again; `ahead` waits for what
 * is missing; `forked` (same position, another past) is never accepted: it can only come of two writers on one log,
 * which the store's lock and one log per opening exclude.
 */
export function placeOf(head: LogHead, seq: number, prev: string | null, gapTo = 0): Place {
  if (seq <= head.seq) return 'held';
  if (seq === head.seq + 1) return head.hash === null || prev === head.hash || gapTo >= head.seq ? 'next' : 'forked';
  return gapTo >= seq - 1 ? 'next' : 'ahead';
}
