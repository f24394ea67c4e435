/** What a store holds of a day, in the file's own terms, and how it differs from the file. */
import type { TimeElement } from '../../domain/cad/status.ts';
import { localText } from './local-time.ts';
import { CALL_COLUMNS, type DispatchRecord, type RunColumn, TIME_COLUMNS, type TimeColumn } from './records.ts';
import { priorityOf } from './roster.ts';

type HeldTimes = { readonly [E in TimeElement]?: number | null };

/** An assignment and its incident as a center or station shows them. */
export interface HeldRow {
  readonly call: string;
  readonly unit: string;
  /** How often the unit had been sent to the call before. */
  readonly nth: number;
  readonly answeredAt: number | null;
  readonly enteredAt: number | null;
  readonly times: HeldTimes;
  /** The times of the run record that came of it; null where there is none, left out where nobody asked. */
  readonly run?: HeldTimes | null;
  readonly type: string;
  readonly disposition: string;
  readonly address: string;
  readonly city: string;
  readonly station: string;
  readonly alarms: number;
  readonly priority: string;
  readonly coordinates: readonly number[] | null;
  readonly references: { readonly [column: string]: string };
}

export interface Difference {
  readonly line: number;
  readonly where: string;
  readonly column: string;
  readonly file: string;
  readonly held: string;
}

/** The time of a run that each column of the file records. */
export const ELEMENT: { readonly [C in RunColumn]: TimeElement } = {
  dispatch: 'unitNotified',
  response: 'enRoute',
  onScene: 'onScene',
  transport: 'leftScene',
  hospital: 'atDestination',
  available: 'backInService',
};

/** The last row of a call, which counts where others describe it otherwise: their values live on in its history. */
interface LastOfCall {
  readonly record: DispatchRecord;
  /** By the last row that has one; a call that has none was received at the first of all its times. */
  readonly received: number;
  readonly entry: number | null;
}

function lastOfCall(rows: readonly DispatchRecord[]): LastOfCall {
  const stated = (column: 'received' | 'entry'): number | null =>
    rows.findLast(({ times }) => times[column] !== null)?.times[column] ?? null;
  const all = rows.flatMap(({ times }) => Object.values(times).filter((time) => time !== null));
  return {
    record: rows.at(-1) as DispatchRecord,
    received: stated('received') ?? Math.min(...all),
    entry: stated('entry'),
  };
}

/** Whether a run that ended has no record yet, or one of before its last time. */
export function isBehind({ times, run }: Pick<HeldRow, 'times' | 'run'>): boolean {
  if (run === undefined || (times.backInService ?? null) === null) return false;
  return run === null || Object.values(ELEMENT).some((element) => (run[element] ?? null) !== (times[element] ?? null));
}

/** Two times that are not the same, as text: in UTC where a clock shows both alike, in the hour it repeats or within a second. */
export function apart(file: number | null, held: number | null, zone: string): Pick<Difference, 'file' | 'held'> {
  const local = (at: number | null): string => (at === null ? '' : localText(at, zone));
  const exact = (at: number | null): string => (at === null ? '' : new Date(at).toISOString());
  const text = local(file) === local(held) ? exact : local;
  return { file: text(file), held: text(held) };
}

/** Every way in which what is held differs from the file, row by row; also rows that are held and not in the file. */
export function differences(
  records: readonly DispatchRecord[],
  held: readonly HeldRow[],
  zone: string,
  where: string,
): readonly Difference[] {
  const found: Difference[] = [];
  const inOrder = held.toSorted((a, b) => a.nth - b.nth);
  const rows = Map.groupBy(inOrder, (row) => `${row.call} ${row.unit}`);
  const calls = Map.groupBy(records, ({ call }) => call);
  const last = new Map([...calls].map(([call, of]) => [call, lastOfCall(of)]));
  for (const record of records) {
    const row = rows.get(`${record.call} ${record.unit}`)?.shift();
    const differ = (column: string, file: string, holds: string): void => {
      if (file !== holds) found.push({ line: record.line, where, column, file, held: holds });
    };
    const differInTime = (column: string, file: number | null, holds: number | null | undefined): void => {
      const at = holds ?? null;
      if (file !== at) found.push({ line: record.line, where, column, ...apart(file, at, zone) });
    };
    if (!row) {
      differ('Unit ID', `${record.unit} on call ${record.call}`, 'nothing');
      continue;
    }
    for (const [column, element] of Object.entries(ELEMENT)) {
      const name = column as TimeColumn;
      const [file, holds] = [record.times[name], row.times[element] ?? null];
      differInTime(TIME_COLUMNS[name], file, holds);
      // A record of what differs already is made of it, and no difference of its own.
      if (row.run && file === holds) differInTime(`${TIME_COLUMNS[name]} of the run record`, file, row.run[element]);
    }
    if (row.run === null && record.times.available !== null) differ('run record', 'its run ended', 'nothing');
    const incident = last.get(record.call);
    if (incident?.record !== record) continue;
    differInTime(TIME_COLUMNS.received, incident.received, row.answeredAt);
    differInTime(TIME_COLUMNS.entry, incident.entry, row.enteredAt);
    differ('Call Type', record.type || 'Unknown', row.type);
    differ('Call Final Disposition', record.disposition || 'Not recorded', row.disposition);
    differ('Address', record.address || 'Not recorded', row.address);
    differ('City', record.city, row.city);
    differ('Station Area', record.station, row.station);
    differ('Number of Alarms', String(record.alarms), String(row.alarms));
    differ('Location', record.coordinates?.join(' ') ?? '', row.coordinates?.join(' ') ?? '');
    differ('priority shown', priorityOf(record), row.priority);
    for (const [name, column] of Object.entries(CALL_COLUMNS)) {
      differ(column, record.references[name] ?? '', row.references[name] ?? '');
    }
  }
  for (const left of [...rows.values()].flat()) {
    found.push({ line: 0, where, column: 'Unit ID', file: 'nothing', held: `${left.unit} on call ${left.call}` });
  }
  return found;
}
