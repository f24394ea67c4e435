/** What the center holds of a day, read through its API. */
import { z } from 'zod';
import { TimeElementSchema } from '../../domain/cad/status.ts';
import { partsOfAssignment } from '../../domain/kernel/ids.ts';
import type { CenterApi } from '../center-api/center-api.ts';
import { type HeldRow, isBehind } from './held.ts';
import type { HeldUnit, IncidentFact } from './said.ts';
import type { HeldIncident, Holding } from './strays.ts';

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
  id: z.string(),
  body: z.object({ assignment: z.string(), callsign: z.string(), times: z.record(z.string(), z.number()) }).nullable(),
});
const OwedSchema = z.object({ handoffDue: z.number() });
const UnitSchema = z.object({
  id: z.string(),
  body: z.object({ callsign: z.string(), kind: z.string(), capabilities: z.array(z.string()) }).nullable(),
});
const FactsSchema = z.object({
  items: z.array(
    z.object({
      type: z.string(),
      about: z.array(z.string()),
      body: z
        .object({
          nature: z.object({ text: z.string() }),
          alarm: z.number(),
          answeredAt: z.number(),
          location: z.object({
            text: z.string(),
            city: z.string().optional(),
            zone: z.string().optional(),
            coordinates: z.array(z.number()).optional(),
          }),
          references: z.record(z.string(), z.string()),
          element: z.string(),
          at: z.number().nullable(),
          text: z.string(),
        })
        .partial()
        .default({}),
    }),
  ),
});

/** All of the site's; `rows` are the assignments whose incident is there. */
export interface HeldByCenter extends Holding {
  readonly rows: readonly HeldRow[];
  readonly units: readonly HeldUnit[];
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

interface Run {
  readonly id: string;
  readonly assignment: string;
  readonly unit: string;
  readonly times: HeldRow['times'];
}

async function readRuns(api: Pick<CenterApi, 'all'>): Promise<readonly Run[]> {
  const runs = z.array(RunSchema).parse(await api.all('run', 'closed'));
  return runs.flatMap(({ id, body }) =>
    body ? [{ id, assignment: body.assignment, unit: body.callsign, times: timesOf(body.times) }] : [],
  );
}

/** The times of each run record, by the assignment that it came of. */
const timesByAssignment = (runs: readonly Run[]): ReadonlyMap<string, HeldRow['times']> =>
  new Map(runs.map(({ assignment, times }) => [assignment, times]));

/** How many runs that ended the center has no record of yet, or one of before their last time. Asks for nothing sealed. */
export async function runsToGo(api: Pick<CenterApi, 'all'>): Promise<number> {
  const runs = timesByAssignment(await readRuns(api));
  const assignments = z.array(AssignmentSchema).parse(await api.all('assignment', 'closed'));
  return assignments.filter(({ id, fields }) => isBehind({ times: timesOf(fields), run: runs.get(id) ?? null })).length;
}

/** Of how many incidents the center still has run records to make or to make anew. */
export async function runsOwed(api: Pick<CenterApi, 'get'>): Promise<number> {
  return OwedSchema.parse(await api.get('/v1/status')).handoffDue;
}

export async function readCenter(api: CenterApi): Promise<HeldByCenter> {
  const incidents = new Map(
    z
      .array(IncidentSchema)
      .parse(await api.all('incident'))
      .map((incident) => [incident.id, incident]),
  );
  const roster = z.array(UnitSchema).parse(await api.all('roster_unit'));
  const callsigns = new Map(roster.map(({ id, body }) => [id, body?.callsign ?? id]));
  const runs = await readRuns(api);
  const runTimes = timesByAssignment(runs);
  const assignments = z
    .array(AssignmentSchema)
    .parse(await api.all('assignment'))
    .map(({ id, fields }) => ({
      id,
      incident: fields.incident,
      unit: callsigns.get(fields.unit) ?? fields.unit,
      times: timesOf(fields),
    }));
  const rows = assignments.flatMap(({ id, incident: on, unit, times }): HeldRow[] => {
    const incident = incidents.get(on);
    if (!incident) return [];
    const { body, sealed } = incident;
    const references = referencesOf(body.values);
    return [
      {
        call: references.call ?? '',
        unit,
        nth: partsOfAssignment(`assignment:${id}`)?.ordinal ?? 0,
        answeredAt: incident.fields.answeredAt,
        enteredAt: body.times.dispatchNotified ?? null,
        times,
        run: runTimes.get(id) ?? null,
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
  return { rows, incidents: named, assignments, runs, units: roster.flatMap(({ body }) => body ?? []) };
}

/** What was ever said of each of these incidents itself, not of the units on it, by call. */
export async function factsByCall(
  api: CenterApi,
  incidents: readonly HeldIncident[],
): Promise<ReadonlyMap<string, readonly IncidentFact[]>> {
  const facts = new Map<string, readonly IncidentFact[]>();
  for (const { id, call } of incidents) {
    const { items } = FactsSchema.parse(await api.get(`/v1/facts?entity=incident:${id}`));
    facts.set(
      call,
      items.filter(({ about }) => !about.some((ref) => ref.startsWith('assignment:'))),
    );
  }
  return facts;
}
