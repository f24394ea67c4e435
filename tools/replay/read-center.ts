/** What the center holds of a day, read through its API. */
import { z } from 'zod';
import { TimeElementSchema } from '../../domain/cad/status.ts';
import type { CenterApi } from '../center-api/center-api.ts';
import { type HeldIncident, type HeldRow, isBehind } from './held.ts';

const IncidentSchema = z.object({
  id: z.string(),
  fields: z.object({
    natureText: z.string().nullable(),
    priority: z.string().nullable(),
    alarm: z.number().nullable(),
    answeredAt: z.number().nullable(),
    disposition: z.string().nullable(),
  }),
  body: z.object({ times: z.record(z.string(), z.number()), values: z.record(z.string(), z.unknown()) }),
  sealed: z.object({
    location: z
      .object({
        text: z.string(),
        city: z.string().optional(),
        zone: z.string().optional(),
        coordinates: z.array(z.number()).optional(),
      })
      .nullable(),
  }),
});
const AssignmentSchema = z.object({
  id: z.string(),
  fields: z.looseObject({ incident: z.string(), unit: z.string() }),
});
const RunSchema = z.object({
  body: z.object({ assignment: z.string(), times: z.record(z.string(), z.number()) }).nullable(),
});
const UnitSchema = z.object({ id: z.string(), body: z.object({ callsign: z.string() }).nullable() });

export interface HeldByCenter {
  readonly rows: readonly HeldRow[];
  /** All of the site's. */
  readonly incidents: readonly HeldIncident[];
}

function referencesOf(values: { readonly [register: string]: unknown }): HeldRow['references'] {
  return Object.fromEntries(
    Object.entries(values).flatMap(([register, value]) =>
      register.startsWith('ref:') && typeof value === 'string' ? [[register.slice(4), value]] : [],
    ),
  );
}

function timesOf(fields: { readonly [column: string]: unknown }): HeldRow['times'] {
  return Object.fromEntries(
    TimeElementSchema.options.map((element) => {
      const at = fields[element];
      return [element, typeof at === 'number' ? at : null];
    }),
  );
}

/** The times of each run record, by the assignment that it came of. */
async function readRuns(api: CenterApi): Promise<ReadonlyMap<string, HeldRow['times']>> {
  const runs = z.array(RunSchema).parse(await api.all('run', 'closed'));
  return new Map(runs.flatMap(({ body }) => (body ? [[body.assignment, timesOf(body.times)] as const] : [])));
}

/** How many runs that ended the center has no record of yet, or one of before their last time. Asks for nothing sealed. */
export async function runsToGo(api: CenterApi): Promise<number> {
  const runs = await readRuns(api);
  const assignments = z.array(AssignmentSchema).parse(await api.all('assignment', 'closed'));
  return assignments.filter(({ id, fields }) => isBehind({ times: timesOf(fields), run: runs.get(id) ?? null })).length;
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
  const runs = await readRuns(api);
  const rows = z
    .array(AssignmentSchema)
    .parse(await api.all('assignment'))
    .flatMap(({ id, fields }): HeldRow[] => {
      const incident = incidents.get(fields.incident);
      if (!incident) return [];
      const { body, sealed } = incident;
      const references = referencesOf(body.values);
      return [
        {
          call: references.call ?? '',
          unit: callsigns.get(fields.unit) ?? fields.unit,
          answeredAt: incident.fields.answeredAt,
          enteredAt: body.times.dispatchNotified ?? null,
          times: timesOf(fields),
          run: runs.get(id) ?? null,
          type: incident.fields.natureText ?? '',
          disposition: incident.fields.disposition ?? '',
          address: sealed.location?.text ?? '',
          city: sealed.location?.city ?? '',
          station: sealed.location?.zone ?? '',
          alarms: incident.fields.alarm ?? 0,
          priority: incident.fields.priority ?? '',
          coordinates: sealed.location?.coordinates ?? null,
          references,
        },
      ];
    });
  const named = [...incidents.values()].map(({ id, body }) => ({ id, call: referencesOf(body.values).call ?? '' }));
  return { rows, incidents: named };
}
