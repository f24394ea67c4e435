/** What the center derived from runs, by incident. */
import type { HandoffRow } from '../../domain/bridge/topics.ts';
import { HANDOFF_SCHEMAS } from '../../domain/cad/handoff.ts';
import type { Json } from '../../domain/kernel/json.ts';
import type { Store } from '../store/store.ts';
import { formerUnit } from './world.ts';

type Kind = HandoffRow['kind'];

export interface Handoffs {
  /** By the bare id of an incident, as they are held now. */
  readonly of: (incident: string) => readonly HandoffRow[];
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

export function createHandoffs(store: Pick<Store, 'record' | 'recordsAbout' | 'formerRecord'>): Handoffs {
  const callsign = (unit: string): string =>
    text((store.record('roster_unit', unit)?.body ?? store.record('neighbour_unit', unit)?.body)?.callsign) ||
    (formerUnit(store, unit)?.callsign ?? unit);
  const nameOf = (person: string): string | null =>
    person === '' ? null : text(store.record('person', person)?.body?.name) || person;

  return {
    of: (incident) =>
      store.recordsAbout(incident).flatMap(({ kind, id, body }) => {
        if (!isKind(kind) || !body) return [];
        const found = Array.isArray(body.discrepancies) ? body.discrepancies.map(text) : [];
        const title = titleOf(kind, body, callsign);
        return [{ id, kind, title, state: text(body.state), author: nameOf(text(body.author)), discrepancies: found }];
      }),
  };
}
