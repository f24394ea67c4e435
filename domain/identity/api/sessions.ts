/** Sessions as the center's API says them. Times in ms UTC. */
import { z } from 'zod';

const Id = z.string().min(1).max(128);

const SessionShownSchema = z.strictObject({
  session: Id,
  /** The one that asks. */
  current: z.boolean(),
  /** The workstation it was begun at, by id and name; null without one. */
  station: Id.nullable(),
  stationName: z.string().nullable(),
  position: z.string().nullable(),
  /** What the program that began it called itself; null at a workstation. */
  client: z.string().nullable(),
  startedAt: z.int(),
  /** When it last renewed itself. */
  seenAt: z.int(),
  /** When it ends at the latest. */
  expiresAt: z.int(),
  endedAt: z.int().nullable(),
  endReason: z.enum(['signed out', 'withdrawn', 'reused', 'revoked', 'replaced']).nullable(),
  /** Until when its workstation lets them in without the center; null where it does not. */
  offlineUntil: z.int().nullable(),
});
export type SessionShown = z.infer<typeof SessionShownSchema>;

/**
 * GET `/v1/me/sessions` and `/v1/people/{person}/sessions`: those that go on first, then the ended ones of the last 30 days,
 * newest first. Revoked by POST `…/sessions/{session}/revoke`, or all but the one that asks by POST `…/sessions/revoke`.
 */
export const SessionsOutSchema = z.strictObject({ sessions: z.array(SessionShownSchema) });
/** How many ended. */
export const RevokedOutSchema = z.strictObject({ ended: z.int() });
