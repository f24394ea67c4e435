/** From a day's records to the roster of a site and the bridge calls that play the day, in the order things happened. */
import type { Priority } from '../../domain/cad/facts.ts';
import type { DispatchRecord, TimeColumn } from './records.ts';

/**
 * The chip that the city's priority codes are shown as. The file's own code is kept with the incident; this is for the
 * board: E (immediate threat) 1, 3 and C (lights and siren) 2, 2 and B 3, the rest 4.
 */
export function priorityOf(record: DispatchRecord): Priority {
  const code =
    record.references.final_priority || record.references.priority || record.references.original_priority || '';
  if (record.references.priority === 'E' || code === 'E') return '1';
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

/** What kind a unit is shown under, from the file's unit type. */
const KINDS: { readonly [type: string]: string } = {
  MEDIC: 'ambulance',
  PRIVATE: 'ambulance',
  BLS: 'ambulance',
  ENGINE: 'engine',
  TRUCK: 'truck',
  CHIEF: 'chief',
  'RESCUE CAPTAIN': 'supervisor',
  'RESCUE SQUAD': 'rescue',
};

export interface SiteRoster {
  readonly units: readonly { readonly callsign: string; readonly kind: string; readonly als: boolean }[];
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
    const kind = KINDS[record.unitType.toUpperCase()] ?? (record.unitType.toLowerCase() || 'other');
    const held = units.get(record.unit);
    units.set(record.unit, {
      callsign: record.unit,
      kind: held?.kind ?? kind,
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

export type Step =
  | { readonly do: 'open'; readonly at: number; readonly first: DispatchRecord }
  /** Another row of the call says something else of the incident than the rows before it. */
  | { readonly do: 'edit'; readonly at: number; readonly record: DispatchRecord; readonly columns: readonly string[] }
  | { readonly do: 'dispatch'; readonly at: number; readonly record: DispatchRecord }
  /** The unit is sent again to a call that no row says it has left: it is taken off first, and that time struck. */
  | { readonly do: 'detach'; readonly at: number; readonly record: DispatchRecord }
  /** The row puts the unit on the call and says of no moment when: it is sent, and that time struck. */
  | { readonly do: 'attach'; readonly at: number; readonly record: DispatchRecord }
  | {
      readonly do: 'status';
      readonly at: number;
      readonly record: DispatchRecord;
      readonly column: TimeColumn;
      readonly code: string;
    }
  | { readonly do: 'close'; readonly at: number; readonly call: string; readonly disposition: string };

const STATUS: readonly (readonly [TimeColumn, string])[] = [
  ['response', 'ER'],
  ['onScene', 'OS'],
  ['transport', 'TR'],
  ['hospital', 'AH'],
  ['available', 'AV'],
];

/** The incident as a row describes it, as text to compare rows by. */
function incidentColumns(record: DispatchRecord): { readonly [column: string]: string } {
  return {
    type: record.type,
    address: record.address,
    city: record.city,
    station: record.station,
    alarms: String(record.alarms),
    coordinates: record.coordinates?.join(' ') ?? '',
    disposition: record.disposition,
    received: String(record.times.received ?? ''),
    entry: String(record.times.entry ?? ''),
    ...Object.fromEntries(Object.entries(record.references).map(([name, text]) => [`ref:${name}`, text])),
  };
}

/**
 * All steps of the day. Within one row the order is that of a run even where its times are equal or run backwards; between
 * rows it is the order of the times, but for two: what a row says of the incident otherwise than the row before it comes
 * after that one's, and a unit's second run on a call after its first. Each step carries its own time, whatever its place.
 */
export function stepsOf(records: readonly DispatchRecord[]): readonly Step[] {
  const keyed: { readonly key: number; readonly n: number; readonly step: Step }[] = [];
  let n = 0;
  const put = (key: number, step: Step): void => {
    keyed.push({ key, n: n++, step });
  };
  const calls = Map.groupBy(records, (record) => record.call);
  for (const [call, rows] of calls) {
    const first = rows[0] as DispatchRecord;
    const times = rows.flatMap((row) => Object.values(row.times).filter((time): time is number => time !== null));
    const start = Math.min(...times);
    let end = start;
    put(start, { do: 'open', at: first.times.received ?? start, first });
    let before = incidentColumns(first);
    let edited = start;
    const runs = new Map<string, { readonly end: number; readonly free: boolean }>();
    for (const record of rows) {
      const own = Object.values(record.times).filter((time): time is number => time !== null);
      let key = Math.max(start, record.times.dispatch ?? Math.min(...own));
      const now = incidentColumns(record);
      const columns = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((c) => before[c] !== now[c]);
      if (columns.length > 0) {
        edited = Math.max(edited, key);
        put(edited, { do: 'edit', at: edited, record, columns });
        end = Math.max(end, edited);
      }
      before = now;
      const run = runs.get(record.unit);
      if (run) {
        key = Math.max(key, run.end);
        if (!run.free) put(key, { do: 'detach', at: key, record });
      }
      if (record.times.dispatch !== null) put(key, { do: 'dispatch', at: record.times.dispatch, record });
      else if (STATUS.every(([column]) => column === 'available' || record.times[column] === null)) {
        put(key, { do: 'attach', at: key, record });
      }
      for (const [column, code] of STATUS) {
        const at = record.times[column];
        if (at === null) continue;
        key = Math.max(key, at);
        put(key, { do: 'status', at, record, column, code });
      }
      runs.set(record.unit, { end: key, free: record.times.available !== null });
      end = Math.max(end, key);
    }
    const last = rows[rows.length - 1] as DispatchRecord;
    put(end, { do: 'close', at: end, call, disposition: last.disposition || 'Not recorded' });
  }
  return keyed.sort((a, b) => a.key - b.key || a.n - b.n).map(({ step }) => step);
}
