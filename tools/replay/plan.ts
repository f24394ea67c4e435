/** From a day's records to the bridge calls that play the day, in the order things happened. */
import { MOST_COMMITMENTS } from '../../domain/cad/facts.ts';
import { notesOf } from './notes.ts';
import type { DispatchRecord, RunColumn } from './records.ts';
import { rosterOf } from './roster.ts';

export type Step =
  | { readonly do: 'open'; readonly at: number; readonly first: DispatchRecord }
  /** Another row of the call says something else of the incident than the rows before it. */
  | { readonly do: 'edit'; readonly at: number; readonly record: DispatchRecord; readonly columns: readonly string[] }
  /** What the row says and no field of the incident holds. */
  | { readonly do: 'note'; readonly at: number; readonly record: DispatchRecord; readonly text: string }
  | { readonly do: 'dispatch'; readonly at: number; readonly record: DispatchRecord }
  /** No row says when the unit left the call, and it is sent there again or to too many others: it is taken off, and that time struck. */
  | { readonly do: 'detach'; readonly at: number; readonly record: DispatchRecord }
  /** The unit was taken off the call before this, to make room for others: the time goes in, and moves no status. */
  | { readonly do: 'fill'; readonly at: number; readonly record: DispatchRecord; readonly column: RunColumn }
  /** The row puts the unit on the call and says of no moment when: it is sent, and that time struck. */
  | { readonly do: 'attach'; readonly at: number; readonly record: DispatchRecord }
  | {
      readonly do: 'status';
      readonly at: number;
      readonly record: DispatchRecord;
      readonly column: RunColumn;
      readonly code: string;
    }
  | { readonly do: 'close'; readonly at: number; readonly last: DispatchRecord };

const STATUS: readonly (readonly [RunColumn, string])[] = [
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
  const units = new Map(rosterOf(records).units.map((unit) => [unit.callsign, unit]));
  const calls = Map.groupBy(records, (record) => record.call);
  for (const rows of calls.values()) {
    const first = rows[0] as DispatchRecord;
    const times = rows.flatMap((row) => Object.values(row.times).filter((time): time is number => time !== null));
    const start = Math.min(...times);
    let end = start;
    put(start, { do: 'open', at: first.times.received ?? start, first });
    let before = incidentColumns(first);
    let edited = start;
    const noted = new Set<string>();
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
      for (const text of notesOf(record, rows, units.get(record.unit))) {
        if (noted.has(text)) continue;
        noted.add(text);
        put(key, { do: 'note', at: key, record, text });
        end = Math.max(end, key);
      }
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
    put(end, { do: 'close', at: end, last });
  }
  return leaving(keyed.sort((a, b) => a.key - b.key || a.n - b.n).map(({ step }) => step));
}

/** The unit and the call that a step is about, where it puts the unit on the call or takes it off. */
function onCall(step: Step): { readonly key: string; readonly record: DispatchRecord; readonly ends: boolean } | null {
  if (step.do === 'open' || step.do === 'edit' || step.do === 'note' || step.do === 'close') return null;
  const { record } = step;
  const ends = step.do === 'detach' || (step.do === 'status' && step.code === 'AV');
  return { key: `${record.call} ${record.unit}`, record, ends };
}

/**
 * The steps, and before a unit is put on more calls than one may be on it is taken off another: the one that it is on longest
 * of those that no row says it left, or else the one that it is on longest, of which the times that follow are filled in.
 */
function leaving(steps: readonly Step[]): readonly Step[] {
  const left = new Map<string, number>();
  for (const step of steps) {
    const about = onCall(step);
    if (about) left.set(about.key, (left.get(about.key) ?? 0) + 1);
  }
  const units = new Map<string, Map<string, DispatchRecord>>();
  /** Rows whose run was ended before its last time. */
  const early = new Set<DispatchRecord>();
  return steps.flatMap((step): readonly Step[] => {
    const about = onCall(step);
    if (!about) return [step];
    const { key, record, ends } = about;
    left.set(key, (left.get(key) ?? 0) - 1);
    if (early.has(record) && step.do === 'status') return [{ do: 'fill', at: step.at, record, column: step.column }];
    const on = units.get(record.unit) ?? new Map<string, DispatchRecord>();
    units.set(record.unit, on);
    // It is off already.
    if (step.do === 'detach' && !on.has(key)) return [];
    if (ends) on.delete(key);
    if (ends || on.has(key)) return [step];
    const longest = [...on.keys()];
    const off = on.size < MOST_COMMITMENTS ? undefined : (longest.find((one) => left.get(one) === 0) ?? longest[0]);
    const from = off === undefined ? undefined : on.get(off);
    if (off !== undefined) on.delete(off);
    on.set(key, record);
    if (!from) return [step];
    early.add(from);
    return [{ do: 'detach', at: step.at, record: from }, step];
  });
}
