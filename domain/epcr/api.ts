/** Charts and whose they are, as the center's API says it. */
import { z } from 'zod';
import { ChartShellSchema } from '../cad/handoff.ts';
import { ReasonSchema } from '../identity/api/organisation.ts';
import { RoleSchema } from '../kernel/permission.ts';

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

export const ChartsQuerySchema = z.strictObject({
  /** `unclaimed`: nobody's yet and not signed. `mine`: the caller's own. `all`: those and, for who may, everybody's. */
  whose: z.enum(['unclaimed', 'mine', 'all']).default('all'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  /** `next` of the page before. */
  after: z.string().max(512).optional(),
  /** This one alone. */
  chart: Id.optional(),
});

/** A chart in a list: what its run record and the roster say, and whose it is. Nothing about the patient. */
const ChartOutSchema = z.strictObject({
  chart: Id,
  version: z.int(),
  /** What else the hand-off wrote: ids of the run record, of the trip to be billed and of the incident's report, where there are any. */
  run: Id,
  trip: Id,
  report: Id,
  /** Id of the incident, and its number as people say it. */
  incident: Id,
  number: z.string(),
  site: Id,
  /** Name and time zone (IANA) of the PSAP. */
  psap: z.string(),
  timeZone: z.string().nullable(),
  callsign: z.string(),
  agency: z.strictObject({ id: Id, name: z.string() }).nullable(),
  /** Which patient of the run, 1…, and how many that took. */
  patient: z.int().min(1),
  patients: z.int().min(1),
  /** When the unit left the scene with the patient, ms UTC; null where nobody recorded it. */
  leftScene: z.int().nullable(),
  destination: z.string().nullable(),
  state: ChartShellSchema.shape.state,
  author: z.strictObject({ person: Id, name: z.string() }).nullable(),
});
export type ChartOut = z.infer<typeof ChartOutSchema>;
export const ChartsOutSchema = z.strictObject({ charts: z.array(ChartOutSchema), next: z.string().nullable() });

/** Whom a chart can be given to: the active people of a crew's role at the unit's site and agency, by name. */
export const ChartCrewOutSchema = z.strictObject({
  crew: z.array(z.strictObject({ person: Id, name: z.string(), roles: z.array(RoleSchema) })),
});
