/** The security policy as the center's API says it. */
import { z } from 'zod';
import { PolicySchema } from '../policy.ts';
import { ReasonSchema } from './organisation.ts';

/** GET and PUT `/v1/organisation/policy`. */
export const PolicyOutSchema = z.strictObject({
  policy: PolicySchema,
  /** What the organisation never set is here as it holds, too. Counts up with each change; 0 before the first. */
  version: z.int().min(0),
  /** ms UTC; null before the first change. */
  changedAt: z.int().nullable(),
  /** Who changed it last, by their id. */
  changedBy: z.string().nullable(),
  /** Why it was set so last. */
  reason: z.string().nullable(),
});
export type PolicyOut = z.infer<typeof PolicyOutSchema>;

/** The whole policy, and the version it was made from: somebody else's change in between refuses with `policy.changed`. */
export const PolicyInSchema = z.strictObject({
  policy: PolicySchema,
  version: z.int().min(0),
  reason: ReasonSchema,
});
