/** The rows of a CSV file, so that what is broken in one of them costs that one alone. */
import { parse } from 'csv-parse/sync';

export interface CsvRow {
  /** The line that it begins on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

interface Parsed {
  readonly record: string[];
  readonly raw: string;
}

type Separator = ',' | ';' | '\t';

/** What stands between the columns of a header: semicolons where the comma is a decimal sign, tabs where cells were copied. */
function separatorOf(text: string): Separator {
  const header = /^.*\S.*$/m.exec(text)?.[0] ?? '';
  return ([',', '\t', ';'] as const).find((one) => header.includes(one)) ?? ',';
}

/** A quote that is opened and never closed ends the reading before its row. */
const parsed = (text: string, delimiter: Separator): readonly Parsed[] =>
  parse(text, {
    delimiter,
    record_delimiter: '\n',
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    raw: true,
  }) as unknown as readonly Parsed[];

/** The lines of a text; what ends the last of them begins no other. */
function linesOf(text: string): readonly string[] {
  const lines = text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** What spreadsheets leave behind the last row is separators alone. */
const saysAnything = ({ cells }: CsvRow): boolean => cells.some((cell) => cell.trim() !== '');

/** Each line taken for a row of its own. */
const lineByLine = (lines: readonly string[], from: number, separator: Separator): readonly CsvRow[] =>
  lines.map((text, i) => ({ line: from + i, cells: parsed(text, separator)[0]?.record ?? text.split(separator) }));

/**
 * Every row that says anything, the header being the first. A quote that was opened and not closed takes the rows behind it
 * into its cell, up to the next quote or the end of the file: a row over several lines that has another number of cells than
 * the header is therefore read again line by line.
 */
export function rowsOf(file: string): readonly CsvRow[] {
  const text = file.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const separator = separatorOf(text);
  const rows: CsvRow[] = [];
  let line = 1;
  let read = 0;
  let width: number | null = null;
  for (const { record, raw } of parsed(text, separator)) {
    const lines = linesOf(raw);
    const broken = width !== null && record.length !== width && lines.length > 1;
    const these = broken ? lineByLine(lines, line, separator) : [{ line, cells: record }];
    rows.push(...these.filter(saysAnything));
    width ??= rows[0]?.cells.length ?? null;
    line += lines.length;
    read += raw.length;
  }
  rows.push(...lineByLine(linesOf(text.slice(read)), line, separator).filter(saysAnything));
  return rows;
}
