/** Charts and whose they are, as the center's API says it. */
import { z } from 'zod';
import { ReasonSchema } from '../identity/api/organisation.ts';

const Id = z.string().min(1).max(160);

export const ChartAuthorInSchema = z.strictObject({
  /** The person whose chart it is from now on; null releases it, for whoever ran the call to claim. */
  author: Id.nullable(),
  reason: ReasonSchema,
});
export const ChartAuthorOutSchema = z.strictObject({
  chart: Id,
  author: Id.nullable(),
  version: z.int(),
});
