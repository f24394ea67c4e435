/** What rows of a day say and no field of an incident can hold is noted on it, so that no row is lost. */
import { type DispatchRecord, TIME_COLUMNS } from './records.ts';
import { kindOf, type SiteUnit } from './roster.ts';

/** Notes that {@link notesOf} makes, apart from what somebody else noted. */
const OURS = /^(?:Call Final Disposition|(?:Received|Entry) DtTm|(?:Unit Type|ALS Unit) of \S+): /;
const ENDING = 'Call Final Disposition';

/**
 * What a row says and no field of its incident can hold: another disposition than the one that it is closed with, no time
 * of the call where another row has one, and another kind of unit than the roster's.
 */
export function notesOf(
  record: DispatchRecord,
  rows: readonly DispatchRecord[],
  unit: SiteUnit | undefined,
): readonly string[] {
  const { times, disposition } = record;
  const says = (column: string, value: string): string => `${column}: ${value || 'empty'}`;
  return [
    ...(disposition === rows.at(-1)?.disposition ? [] : [says(ENDING, disposition)]),
    ...(['received', 'entry'] as const)
      .filter((column) => times[column] === null && rows.some((row) => row.times[column] !== null))
      .map((column) => says(TIME_COLUMNS[column], '')),
    ...(unit && unit.kind !== kindOf(record) ? [says(`Unit Type of ${record.unit}`, record.unitType)] : []),
    ...(unit && unit.als !== record.als ? [says(`ALS Unit of ${record.unit}`, String(record.als))] : []),
  ];
}

/** Whether a text on an incident is such a note, and not what somebody else wrote. */
export const isNote = (text: string): boolean => OURS.test(text);
