/** What the center holds of a day, read through its API. */
import { z } from 'zod';
import { TimeElementSchema } from '../../domain/cad/status.ts';
import type { CenterApi } from './center-api.ts';
import type { HeldRow } from './held.ts';

const IncidentSchema = z.object({
  id: z.string(),
  site: z.string(),
  answeredAt: z.number().nullable(),
  enteredAt: z.number().nullable(),
  nature: z.object({ text: z.string() }).nullable(),
  priority: z.string().nullable(),
  location: z
    .object({
      text: z.string(),
      city: z.string().optional(),
      zone: z.string().optional(),
      coordinates: z.array(z.number()).optional(),
    })
    .nullable(),
  alarm: z.number().nullable(),
  disposition: z.string().nullable(),
  references: z.record(z.string(), z.string()),
});
const AssignmentSchema = z.object({
  incident: z.string(),
  unit: z.string(),
  times: z.partialRecord(TimeElementSchema, z.number().nullable()),
});
const UnitSchema = z.object({ id: z.string(), body: z.object({ callsign: z.string() }).nullable() });

export interface HeldByCenter {
  readonly rows: readonly HeldRow[];
  /** Ids of the site's incidents. */
  readonly incidents: readonly string[];
}

export async function readCenter(api: CenterApi): Promise<HeldByCenter> {
  const incidents = new Map(
    z
      .array(IncidentSchema)
      .parse(await api.all('incident'))
      .map((incident) => [incident.id, incident]),
  );
  const callsigns = new Map(
    z
      .array(UnitSchema)
      .parse(await api.all('roster_unit'))
      .map(({ id, body }) => [id, body?.callsign ?? id]),
  );
  const rows = z
    .array(AssignmentSchema)
    .parse(await api.all('assignment'))
    .flatMap((assignment): HeldRow[] => {
      const incident = incidents.get(assignment.incident);
      if (!incident) return [];
      return [
        {
          call: incident.references.call ?? '',
          unit: callsigns.get(assignment.unit) ?? assignment.unit,
          answeredAt: incident.answeredAt,
          enteredAt: incident.enteredAt,
          times: assignment.times,
          type: incident.nature?.text ?? '',
          disposition: incident.disposition ?? '',
          address: incident.location?.text ?? '',
          city: incident.location?.city ?? '',
          station: incident.location?.zone ?? '',
          alarms: incident.alarm ?? 0,
          priority: incident.priority ?? '',
          coordinates: incident.location?.coordinates ?? null,
          references: incident.references,
        },
      ];
    });
  return { rows, incidents: [...incidents.keys()] };
}
