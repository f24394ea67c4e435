/** Incidents as the center's rows have them, and as a list and a page say them. Pure. */
import { z } from 'zod';
import type { TimeElement } from '#domain/cad/status.ts';

const Text = z.string().nullable();
const At = z.int().nullable();

const FieldsSchema = z.object({
  number: Text,
  natureCode: Text,
  natureText: Text,
  priority: Text,
  zone: Text,
  alarm: z.int().nullable(),
  /** `closed`, or still worked. */
  life: Text,
  answeredAt: At,
  closedAt: At,
  disposition: Text,
  mergedInto: Text,
});
const LocationSchema = z.object({ text: z.string(), detail: z.string().optional(), city: z.string().optional() });
const NoteSchema = z.object({ fact: z.string(), text: z.json(), at: z.int(), by: Text });
const SealedSchema = z.object({
  location: LocationSchema.nullable(),
  caller: Text,
  callback: Text,
  patient: Text,
  notes: z.array(NoteSchema).nullable(),
});
const IncidentSchema = z.object({ id: z.string(), site: z.string(), updatedAt: z.int(), fields: FieldsSchema });
export type Incident = z.infer<typeof IncidentSchema>;

export const IncidentsSchema = z.object({ items: z.array(IncidentSchema), next: z.string().nullable().default(null) });
/** What is sealed in it opened; null where its key was destroyed. */
export const OpenedSchema = IncidentSchema.extend({ sealed: SealedSchema });

const RunSchema = z.object({
  id: z.string(),
  fields: z.looseObject({ unit: z.string(), ordinal: z.int().nullable(), status: Text, destination: Text }),
});
export const RunsSchema = z.object({ items: z.array(RunSchema) });
export type Run = z.infer<typeof RunSchema>;

/** What an incident is called in words. */
export const incidentSaid = ({ fields: { number, natureText } }: Pick<Incident, 'fields'>): string =>
  [number ?? 'without a number', natureText].filter(Boolean).join(' ');

/** How it ended, in a column. */
export function endSaid({ life, mergedInto, disposition }: Incident['fields']): string {
  if (mergedInto !== null) return 'merged';
  return life === 'closed' ? (disposition ?? 'closed') : 'open';
}

/** How it stands, where nothing else says that it is closed. */
export function stateSaid(fields: Incident['fields']): string {
  const end = endSaid(fields);
  return end !== 'merged' && fields.life === 'closed' && end !== 'closed' ? `closed: ${end}` : end;
}

/** The times of a run by their NEMSIS names, ms UTC. */
export function timesOfRun({ fields }: Run): { readonly [E in TimeElement]?: number } {
  return Object.fromEntries(Object.entries(fields).filter(([, at]) => typeof at === 'number'));
}

export type FindBy = 'number' | 'callback';

/** Why what was typed cannot be looked for; null where it can. */
export function objectionTo(by: FindBy, typed: string): string | null {
  const text = typed.trim();
  if (text === '')
    return by === 'number' ? 'Type the incident’s number, such as 26-00417.' : 'Type a telephone number.';
  if (by === 'callback' && text.replaceAll(/\D/g, '').length < 3)
    return 'A telephone number has three digits at least.';
  return null;
}
