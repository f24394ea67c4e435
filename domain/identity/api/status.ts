import { z } from 'zod';

/** The center as it stands, for an organisation's people. Moments in ms UTC. */
export const StatusOutSchema = z.strictObject({
  at: z.int(),
  startedAt: z.int(),
  /** How long the database took to answer. */
  databaseMs: z.number(),
  auditSealedTo: z.int(),
  /** Age of the oldest audit entry that is not sealed. */
  auditUnsealedMs: z.int(),
  handoffDue: z.int(),
  handoffOldestMs: z.int(),
  securityOpen: z.int(),
  workstations: z.int(),
});
