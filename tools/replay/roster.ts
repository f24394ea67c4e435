/** From a day's records to the roster of the site that they need, and how its lists show what the file says in its own codes. */
import type { Priority } from '../../domain/cad/facts.ts';
import type { DispatchRecord } from './records.ts';

/**
 * The chip that the city's priority codes are shown as. The file's own code is kept with the incident; this is for the
 * board: E (immediate threat) 1, 3 and C (lights and siren) 2, 2 and B 3, the rest 4.
 */
export function priorityOf(record: DispatchRecord): Priority {
  const { final_priority: final, priority, original_priority: original } = record.references;
  const code = (final || priority || original || '').toUpperCase();
  if (priority?.toUpperCase() === 'E' || code === 'E') return '1';
  if (code === '3' || code === 'C' || code === 'D') return '2';
  return code === '2' || code === 'B' ? '3' : '4';
}

export function codeOf(text: string): string {
  return (
    (text || 'UNKNOWN')
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 24) || 'UNKNOWN'
  );
}

/** The kind that a unit is shown under: the file's own word, so that a private ambulance is told from the city's medics. */
export const kindOf = ({ unitType }: DispatchRecord): string => unitType || 'Unknown';

/** A unit as the first of its rows has it; ALS where any of them says so. */
export interface SiteUnit {
  readonly callsign: string;
  readonly kind: string;
  readonly als: boolean;
}

export interface SiteRoster {
  readonly units: readonly SiteUnit[];
  readonly stations: readonly string[];
  readonly districts: readonly string[];
  readonly natures: readonly { readonly code: string; readonly text: string; readonly priority: Priority }[];
  readonly dispositions: readonly { readonly code: string; readonly text: string }[];
}

export function rosterOf(records: readonly DispatchRecord[]): SiteRoster {
  const units = new Map<string, { callsign: string; kind: string; als: boolean }>();
  const natures = new Map<string, { code: string; text: string; priority: Priority }>();
  const dispositions = new Map<string, { code: string; text: string }>();
  const stations = new Set<string>();
  const districts = new Set<string>();
  for (const record of records) {
    const held = units.get(record.unit);
    units.set(record.unit, {
      callsign: record.unit,
      kind: held?.kind ?? kindOf(record),
      als: (held?.als ?? false) || record.als,
    });
    const text = record.type || 'Unknown';
    if (!natures.has(text)) natures.set(text, { code: codeOf(text), text, priority: priorityOf(record) });
    const ending = record.disposition || 'Not recorded';
    dispositions.set(ending, { code: codeOf(ending), text: ending });
    if (record.station) stations.add(record.station);
    if (record.references.battalion) districts.add(record.references.battalion);
  }
  const order = <T>(map: Map<string, T>): T[] =>
    [...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value);
  return {
    units: order(units),
    natures: order(natures),
    dispositions: order(dispositions),
    stations: [...stations].sort(),
    districts: [...districts].sort(),
  };
}
