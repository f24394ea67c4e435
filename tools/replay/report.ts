/** What a replay prints of the file, and of what differs from it. */
import type { Difference } from './held.ts';
import type { Step } from './plan.ts';
import type { Failed } from './play.ts';
import { CALL_COLUMNS, type Day, TIME_COLUMNS } from './records.ts';

type Print = (line: string) => void;

/** What could not be read, line by line. */
export function reportUnread(day: Day, print: Print): void {
  for (const { line, column, reason, row } of day.unread)
    print(`line ${line}: ${column} ${reason}; ${row ? 'the row stays out' : 'the rest of the row goes in'}`);
}

/** Of the lines of the file, so that with the rows that went in they are all of them. */
export function unreadInAll({ unread }: Pick<Day, 'unread'>): string {
  const out = new Set(unread.flatMap(({ line, row }) => (row ? [line] : [])));
  const cells = unread.filter(({ line }) => !out.has(line));
  return `${out.size} rows stayed out, ${cells.length} cells unread`;
}

/** `2-4, 6` of lines in the order of the file. */
function linesSaid(lines: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const line of lines) {
    const run = runs.at(-1);
    if (run && run[1] === line - 1) run[1] = line;
    else runs.push([line, line]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}

/** Units that are sent to a call while they are on it, or on another. */
function reportBusy({ records }: Day, print: Print): void {
  const before = new Map<string, number>();
  for (const { line, unit, call } of records) {
    const key = `${call} ${unit}`;
    const first = before.get(key);
    if (first === undefined) before.set(key, line);
    else print(`line ${line}: ${unit} is on call ${call} already, by line ${first}; it goes in again`);
  }
  const busy = new Map<string, readonly { readonly call: string; readonly until: number }[]>();
  for (const { line, unit, call, times } of records.toSorted(
    (a, b) => (a.times.dispatch ?? 0) - (b.times.dispatch ?? 0),
  )) {
    const { dispatch, available } = times;
    if (dispatch === null) continue;
    const on = (busy.get(unit) ?? []).filter(({ until }) => until > dispatch);
    const others = [...new Set(on.map((one) => one.call))].filter((one) => one !== call);
    if (others.length > 0) {
      const [calls, all] = others.length > 1 ? ['calls', 'all of them'] : ['call', 'both'];
      print(`line ${line}: ${unit} was still on ${calls} ${others.join(', ')}; it goes in on ${all}`);
    }
    // A run that no row ends is said once: it would stand at every later call of the day.
    const ending = on.filter(({ until }) => until !== Number.POSITIVE_INFINITY);
    busy.set(unit, [...ending, { call, until: available ?? Number.POSITIVE_INFINITY }]);
  }
}

/** What is untidy in the file and goes in as it is: reported, so that nobody takes it for our doing. Returns the sum of it. */
export function reportUntidy(day: Day, print: Print): string {
  for (const { line, of } of day.repeats) print(`line ${line}: says again what line ${of} says`);
  const missing: number[] = [];
  const equal: number[] = [];
  const backwards: number[] = [];
  for (const { line, times: of } of day.records) {
    const all = Object.values(of);
    const times = all.filter((time): time is number => time !== null);
    if (times.length < all.length) missing.push(line);
    if (times.some((time, i) => i > 0 && time === times[i - 1])) equal.push(line);
    if (times.some((time, i) => i > 0 && time < (times[i - 1] ?? 0))) backwards.push(line);
  }
  for (const [lines, what] of [
    [missing, 'a time is missing'],
    [equal, 'times are equal'],
    [backwards, 'times run backwards'],
  ] as const) {
    const named = lines.length === 1 ? 'line' : 'lines';
    const go = lines.length === 1 ? 'it goes in as it is' : 'they go in as they are';
    if (lines.length > 0) print(`${named} ${linesSaid(lines)}: ${what}; ${go}`);
  }
  reportBusy(day, print);
  return `${missing.length} rows lack a time, ${equal.length} have equal ones, ${backwards.length} run backwards`;
}

/** What of a row a step is about: the columns that it takes. */
function columnsOf(step: Step): string {
  switch (step.do) {
    case 'open':
      return 'Call Number';
    case 'edit':
      return step.columns.map((column) => COLUMN_OF[column] ?? column).join(', ');
    case 'note':
      return step.text.slice(0, step.text.indexOf(':'));
    case 'status':
    case 'fill':
      return TIME_COLUMNS[step.column];
    case 'dispatch':
      return TIME_COLUMNS.dispatch;
    case 'attach':
    case 'detach':
      return 'Unit ID';
    case 'close':
      return 'Call Final Disposition';
  }
}

/** How steps name what of a call changed, and the column that it stands in. */
const COLUMN_OF: { readonly [name: string]: string } = {
  type: 'Call Type',
  address: 'Address',
  city: 'City',
  station: 'Station Area',
  alarms: 'Number of Alarms',
  coordinates: 'Location',
  disposition: 'Call Final Disposition',
  ...TIME_COLUMNS,
  ...Object.fromEntries(Object.entries(CALL_COLUMNS).map(([name, column]) => [`ref:${name}`, column])),
};

/** Steps that the station refused although their rows could be read, by line and column. */
export function reportFailed(failed: readonly Failed[], print: Print): void {
  for (const { step, reason } of failed) {
    const { line } = step.do === 'open' ? step.first : step.do === 'close' ? step.last : step.record;
    print(`line ${line}: ${columnsOf(step)}: ${step.do} was refused: ${reason}`);
  }
}

const MOST_DIFFERENCES = 50;

export function reportDifferences(found: readonly Difference[], print: Print): void {
  for (const { line, where, column, file, held } of found.slice(0, MOST_DIFFERENCES)) {
    if (line === 0) print(`no line: ${where} holds "${held}", which is not in the file`);
    else print(`line ${line}: ${column}: the file says "${file}", ${where} holds "${held}"`);
  }
  if (found.length > MOST_DIFFERENCES) print(`… and ${found.length - MOST_DIFFERENCES} more`);
}
