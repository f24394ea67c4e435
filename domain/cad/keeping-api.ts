/** Legal holds on incidents and their erasure, as the center's API says them. */
import { z } from 'zod';
import { INCIDENTS_KEPT_YEARS } from './module.ts';

const Id = z.string().min(1).max(128);
const Reason = z.string().trim().min(1).max(240);

export const HoldInSchema = z.strictObject({ reason: Reason });
export const ReleaseInSchema = HoldInSchema;
/** `number`: the incident's, typed once more by whoever erases it, for it cannot be taken back. */
export const EraseInSchema = z.strictObject({ number: z.string().trim().max(64), reason: Reason });

const HoldSchema = z.strictObject({
  hold: Id,
  reason: z.string(),
  placedAt: z.int(),
  /** The person's id; null where the operator placed it. */
  placedBy: z.string().nullable(),
  /** Null while it stands. */
  releasedAt: z.int().nullable(),
  releasedBy: z.string().nullable(),
});
export type Hold = z.infer<typeof HoldSchema>;

/** What keeps an incident from being erased, and whether it was. The hold that was placed first comes first. */
export const KeepingOutSchema = z.strictObject({
  holds: z.array(HoldSchema),
  /** When it was erased, ms UTC; the audit says by whom and why. Null where it was not. */
  erasedAt: z.int().nullable(),
});
export type Keeping = z.infer<typeof KeepingOutSchema>;

/** Every hold that stands, the oldest first. */
export const HoldsOutSchema = z.strictObject({
  items: z.array(HoldSchema.extend({ incident: Id, number: z.string().nullable(), site: Id })),
});

/** Whole years after the last entry about an incident, not less than incidents are declared to be kept for; null for ever. */
const KeptYears = z.int().min(INCIDENTS_KEPT_YEARS).max(100).nullable();
export const IncidentsKeptSchema = z.strictObject({ years: KeptYears });
export const IncidentsKeptInSchema = z.strictObject({ years: KeptYears, reason: Reason });
