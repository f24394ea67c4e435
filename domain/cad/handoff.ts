/** What the center derives when a unit's run ends: records that travel to stations so each incident can show them. */
import { z } from 'zod';
import { TimeElementSchema } from './status.ts';

const Id = z.string().min(1).max(160);

/** One journey with a patient. Times ms UTC; null where nobody recorded it. */
const JourneySchema = z.strictObject({
  leftScene: z.int().nullable(),
  atDestination: z.int().nullable(),
  destination: z.string().nullable(),
});
export type Journey = z.infer<typeof JourneySchema>;

export const RunRecordSchema = z.strictObject({
  incident: Id,
  assignment: Id,
  unit: Id,
  number: z.string(),
  callsign: z.string(),
  /** ms UTC by NEMSIS name; only times that were recorded or amended. */
  times: z.partialRecord(TimeElementSchema, z.int()),
  /** Which of them do not stand as they were first recorded; left out where all do. From what and why is in the report. */
  amended: z.array(TimeElementSchema).optional(),
  transported: z.boolean(),
  /** Where it took its patients; every place once. */
  destination: z.string().nullable(),
  /**
   * The journey of each patient, where there was more than one: the times above are those of the first. Of two who went together they are
   * alike. Left out where there was one patient.
   */
  journeys: z.array(JourneySchema).optional(),
  disposition: z.string().nullable(),
  state: z.enum(['derived', 'signed']),
  /** Late facts that differ from a signed record, in words. */
  discrepancies: z.array(z.string()),
});
export const ChartShellSchema = z.strictObject({
  incident: Id,
  run: Id,
  unit: Id,
  /** Which patient of the run, 1… */
  patient: z.int().min(1),
  state: z.enum(['open', 'signed']),
  /** The person of the crew whose chart it is; null until somebody claimed it. */
  author: Id.nullable().default(null),
  discrepancies: z.array(z.string()),
});
export type ChartShell = z.infer<typeof ChartShellSchema>;
export const TripSchema = z.strictObject({
  incident: Id,
  run: Id,
  unit: Id,
  /** Whose journey it was, of a run with several patients; left out where there is one. */
  patient: z.int().min(1).optional(),
  /** The zone it went from. The exact place is PHI and stays with the incident, sealed under its key. */
  from: z.string(),
  destination: z.string().nullable(),
  leftScene: z.int().nullable(),
  atDestination: z.int().nullable(),
  state: z.enum(['awaiting chart', 'ready', 'closed']),
  /** Late facts that differ from a closed trip, in words; left out where none do. */
  discrepancies: z.array(z.string()).optional(),
});
const IncidentReportSchema = z.strictObject({
  incident: Id,
  number: z.string(),
  media: z.literal('application/pdf'),
  bytes: z.int(),
  /** SHA-256 of the PDF, hex. */
  digest: z.string(),
  /** `outdated`: it was made before the call went on, and is made anew when it is over again. */
  state: z.enum(['stored', 'outdated']),
  madeAt: z.int(),
});

export const HANDOFF_SCHEMAS = {
  run: RunRecordSchema,
  chart: ChartShellSchema,
  trip: TripSchema,
  report: IncidentReportSchema,
} as const;
