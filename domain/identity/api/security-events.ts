/** Security events as the center's API says them. */
import { z } from 'zod';
import { SECURITY_KINDS, type SecurityKind } from '../detection.ts';

const Id = z.string().min(1).max(128);
const KindSchema = z.enum(Object.keys(SECURITY_KINDS) as [SecurityKind, ...SecurityKind[]]);
const StateSchema = z.enum(['open', 'taken', 'closed']);
const ResolutionSchema = z.enum(['harmless', 'contained', 'escalated']);

export const SecurityEventOutSchema = z.strictObject({
  id: Id,
  kind: KindSchema,
  /** What the kind means, in words. */
  title: z.string(),
  subject: z.string(),
  /** The name of the person it is about, where it is about one. */
  person: z.string().nullable(),
  firstAt: z.int(),
  lastAt: z.int(),
  times: z.int(),
  evidence: z.record(z.string(), z.json()),
  state: StateSchema,
  takenBy: z.string().nullable(),
  takenAt: z.int().nullable(),
  closedBy: z.string().nullable(),
  closedAt: z.int().nullable(),
  resolution: ResolutionSchema.nullable(),
  note: z.string().nullable(),
});
export const SecurityEventsOutSchema = z.strictObject({
  events: z.array(SecurityEventOutSchema),
  next: z.string().nullable(),
});
export const SecurityEventsQuerySchema = z.strictObject({
  state: StateSchema.optional(),
  after: z.string().max(256).optional(),
});
export const CloseEventInSchema = z.strictObject({
  resolution: ResolutionSchema,
  /** What it was and what was done. */
  note: z.string().trim().min(1).max(4_000),
});
