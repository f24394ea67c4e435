/** The audit on the wire: searching it, taking it out, and holding it against its seals. */
import { z } from 'zod';

const AUDIT_OPS = ['insert', 'update', 'delete', 'read', 'act'] as const;

const Name = z.string().min(1).max(200);
const Moment = z.coerce.number().int().min(0);

/** What entries are looked for; each that is given narrows. */
export const AuditFilterSchema = z.strictObject({
  /** A person's id, `station:ID` of a workstation, or `center`. */
  actor: Name.optional(),
  /** A workstation's id. */
  device: Name.optional(),
  session: Name.optional(),
  request: Name.optional(),
  /** `schema.table`, as entries name it. */
  table: z
    .string()
    .max(128)
    .regex(/^[a-z_]+\.[a-z_]+$/, 'must be schema.table')
    .optional(),
  /** Id of a row; needs `table`. */
  row: Name.optional(),
  op: z.enum(AUDIT_OPS).optional(),
  /** Entries from this moment on, ms UTC, and before that one. */
  from: Moment.optional(),
  until: Moment.optional(),
  /** Part of the reason that was given, in any case of letters. */
  reason: z.string().min(2).max(200).optional(),
});
export type AuditFilter = z.infer<typeof AuditFilterSchema>;

export const AuditSearchSchema = AuditFilterSchema.extend({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** `next` of the page before. */
  after: z.string().max(200).optional(),
});

const AuditEntrySchema = z.strictObject({
  id: z.int(),
  /** When it was written down, ms UTC. A read at a station names its own time in `after`. */
  at: z.int(),
  actor: z.string().nullable(),
  device: z.string().nullable(),
  session: z.string().nullable(),
  request: z.string().nullable(),
  reason: z.string().nullable(),
  op: z.enum(AUDIT_OPS),
  table: z.string(),
  row: z.string().nullable(),
  /** The row before and after; what is sealed in it stays sealed. For reads and acts: what about them. */
  before: z.json(),
  after: z.json(),
  /** The decision packet under which it was done. */
  decision: z.json(),
  /** Position of the seal over it; null in the second before it has one. */
  sealed: z.int().nullable(),
});
export type AuditEntry = z.infer<typeof AuditEntrySchema>;

/** Newest first. */
export const AuditPageSchema = z.strictObject({ items: z.array(AuditEntrySchema), next: z.string().nullable() });
export type AuditPage = z.infer<typeof AuditPageSchema>;

/** Years: six at the least, and only ever raised. */
export const RetentionSchema = z.strictObject({ years: z.int().min(6).max(100) });

export const VerificationQuerySchema = z.strictObject({
  /** A position that an earlier verification has come to: what is up to it is taken as it is. */
  from: z.coerce.number().int().min(0).default(0),
  /** `next` of the answer before. */
  after: z.string().max(200).optional(),
  /** Seals in one answer at most; there are fewer where they take longer than some seconds. */
  limit: z.coerce.number().int().min(1).max(1_000_000).default(1_000_000),
});

/**
 * A stretch of the chain, held against its seals at one moment. `next` begins the one after it: what is verified is the whole of the
 * answers up to the one that names none, and only that one holds the chain against its checkpoints.
 */
export const AuditVerificationSchema = z.strictObject({
  /** Position of the last seal that was read, and of the last there is. */
  sealed: z.int(),
  of: z.int(),
  entries: z.int(),
  brokenAt: z.int().nullable(),
  why: z.string().nullable(),
  breaks: z.array(
    z.strictObject({
      position: z.int(),
      why: z.string(),
      at: z.int().nullable(),
      ids: z.array(z.int()).length(2).nullable(),
    }),
  ),
  checkpoints: z.strictObject({ held: z.int(), newest: z.int().nullable(), unreadable: z.int() }),
  next: z.string().nullable(),
});
export type AuditVerification = z.infer<typeof AuditVerificationSchema>;

/** Places that are named where the audit does not hold; there may be more. */
export const NAMED_BREAKS = 50;

/** What all stretches say together that were read so far, `next` of them the last. */
export function verifiedSoFar(before: AuditVerification | null, next: AuditVerification): AuditVerification {
  const breaks = [...(before?.breaks ?? []), ...next.breaks]
    .sort((a, b) => a.position - b.position)
    .slice(0, NAMED_BREAKS);
  return {
    ...next,
    entries: (before?.entries ?? 0) + next.entries,
    breaks,
    brokenAt: breaks[0]?.position ?? null,
    why: breaks[0]?.why ?? null,
  };
}
