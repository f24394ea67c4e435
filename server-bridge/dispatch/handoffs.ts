/** What the center derived from runs, by incident. */
import type { HandoffRow } from '../../domain/bridge/topics.ts';
import { HANDOFF_SCHEMAS } from '../../domain/cad/handoff.ts';
import type { Json } from '../../domain/kernel/json.ts';
import type { RecordVersion } from '../../domain/kernel/stream.ts';
import type { Store } from '../store/store.ts';
import { formerUnit } from './world.ts';

type Kind = HandoffRow['kind'];
const KINDS = Object.keys(HANDOFF_SCHEMAS) as readonly Kind[];

export interface Handoffs {
  readonly of: (incident: string) => readonly HandoffRow[];
  /** Incidents (bare ids) that these records are about. */
  readonly note: (records: readonly RecordVersion[]) => readonly string[];
}

function isKind(kind: string): kind is Kind {
  return Object.hasOwn(HANDOFF_SCHEMAS, kind);
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

function titleOf(kind: Kind, body: { readonly [key: string]: Json }, callsign: (unit: string) => string): string {
  const unit = text(body.callsign) || callsign(text(body.unit));
  if (kind === 'run') return `Run of ${unit}`;
  if (kind === 'chart') return `Patient chart ${String(body.patient ?? '')}, ${unit}`;
  if (kind === 'trip') return ['Billable trip', body.patient, 'of', unit].filter(Boolean).join(' ');
  return `Incident report ${text(body.number)} (PDF)`;
}

/** Indexed when it is first asked for: a console that opens no incident pays nothing. */
export function createHandoffs(store: Pick<Store, 'record' | 'records' | 'formerRecord'>): Handoffs {
  let byIncident: Map<string, Set<string>> | null = null;
  const about = new Map<string, string>();

  const add = (into: Map<string, Set<string>>, record: RecordVersion): string | null => {
    const key = `${record.kind}:${record.id}`;
    const incident = text(record.body?.incident) || (about.get(key) ?? '');
    if (!incident) return null;
    about.set(key, incident);
    const held = into.get(incident) ?? new Set<string>();
    held.add(key);
    into.set(incident, held);
    return incident;
  };
  const index = (): Map<string, Set<string>> => {
    if (byIncident) return byIncident;
    byIncident = new Map();
    for (const kind of KINDS) for (const record of store.records(kind)) add(byIncident, record);
    return byIncident;
  };
  const callsign = (unit: string): string =>
    text((store.record('roster_unit', unit)?.body ?? store.record('neighbour_unit', unit)?.body)?.callsign) ||
    (formerUnit(store, unit)?.callsign ?? unit);
  const nameOf = (person: string): string | null =>
    person === '' ? null : text(store.record('person', person)?.body?.name) || person;

  return {
    of: (incident) =>
      [...(index().get(incident) ?? [])].sort().flatMap((key) => {
        const kind = key.slice(0, key.indexOf(':')) as Kind;
        const id = key.slice(key.indexOf(':') + 1);
        const body = store.record(kind, id)?.body;
        if (!body) return [];
        const found = Array.isArray(body.discrepancies) ? body.discrepancies.map(text) : [];
        const title = titleOf(kind, body, callsign);
        return [{ id, kind, title, state: text(body.state), author: nameOf(text(body.author)), discrepancies: found }];
      }),
    note: (records) => {
      const into = byIncident;
      if (!into) return [];
      return records.flatMap((record) => {
        const incident = isKind(record.kind) ? add(into, record) : null;
        return incident === null ? [] : [incident];
      });
    },
  };
}
