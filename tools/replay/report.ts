/** What a replay prints of the file, and of what differs from it. */
import type { Difference } from './held.ts';
import type { Day } from './records.ts';

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

/** What is untidy in the file and goes in as it is: reported, so that nobody takes it for our doing. Returns the sum of it. */
export function reportUntidy(day: Day, print: Print): string {
  for (const { line, of } of day.repeats) print(`line ${line}: says again what line ${of} says`);
  const lines = { missing: 0, equal: 0, backwards: 0 };
  for (const record of day.records) {
    const all = Object.values(record.times);
    const times = all.filter((time): time is number => time !== null);
    if (times.length < all.length) lines.missing++;
    if (times.some((time, i) => i > 0 && time === times[i - 1])) lines.equal++;
    if (times.some((time, i) => i > 0 && time < (times[i - 1] ?? 0))) {
      lines.backwards++;
      print(`line ${record.line}: its times run backwards; they go in as they are`);
    }
  }
  const busy = new Map<string, { call: string; until: number }>();
  for (const record of day.records.toSorted((a, b) => (a.times.dispatch ?? 0) - (b.times.dispatch ?? 0))) {
    const { dispatch, available } = record.times;
    if (dispatch === null) continue;
    const before = busy.get(record.unit);
    if (before && before.call !== record.call && before.until > dispatch) {
      print(`line ${record.line}: ${record.unit} was still on call ${before.call}; it goes in on both`);
    }
    busy.set(record.unit, { call: record.call, until: available ?? Number.POSITIVE_INFINITY });
  }
  return `${lines.missing} rows lack a time, ${lines.equal} have equal ones, ${lines.backwards} run backwards`;
}

const MOST_DIFFERENCES = 50;

export function reportDifferences(found: readonly Difference[], print: Print): void {
  for (const { line, where, column, file, held } of found.slice(0, MOST_DIFFERENCES)) {
    if (line === 0) print(`no line: ${where} holds "${held}", which is not in the file`);
    else print(`line ${line}: ${column}: the file says "${file}", ${where} holds "${held}"`);
  }
  if (found.length > MOST_DIFFERENCES) print(`… and ${found.length - MOST_DIFFERENCES} more`);
}
