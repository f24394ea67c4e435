/** Many records at once, pasted from a spreadsheet or a file: lines of columns, read as the form reads its fields. Pure. */
import { parse } from 'csv-parse/browser/esm/sync';
import type { Json } from '#domain/kernel/json.ts';
import { builtFrom, type SetupField, type SetupKind, typedOf } from './setup-kinds.ts';

type Body = { readonly [key: string]: Json };

/** A record that is there, or that another names. */
export interface Held {
  readonly id: string;
  readonly version: number;
  readonly body: Body;
}

export interface Pasted {
  /** The record that it changes; null for a new one. */
  readonly held: Held | null;
  readonly body: Body;
}

export type PastedRows =
  | { readonly ok: true; readonly rows: readonly Pasted[]; readonly unchanged: number }
  | { readonly ok: false; readonly why: string };

/** As much as the center takes in one call. */
export const MOST_PASTED = 2_000;

/** The field that a record is known by when it comes again. */
export const keyFieldOf = (kind: SetupKind): string =>
  ['code', 'callsign', 'short', 'name'].find((name) => kind.fields.some((one) => one.name === name)) ?? 'name';
const keyIn = (value: Json | undefined): string => String(value ?? '').toUpperCase();

/**
 * Reads lines with tabs or commas between. Columns stand as the form has its fields, or as a first line names them. A line
 * whose record is there changes it. `named`: the records that a field of another record may name, by their kind.
 */
export function pastedRows(
  kind: SetupKind,
  text: string,
  held: readonly Held[],
  named: (kind: string) => readonly Held[],
): PastedRows {
  let lines: string[][];
  try {
    const delimiter = text.includes('\t') ? '\t' : ',';
    const options = { delimiter, bom: true, trim: true, skip_empty_lines: true, relax_column_count: true };
    lines = parse(text, options) as string[][];
  } catch {
    return { ok: false, why: 'These lines cannot be read: a quotation mark is open.' };
  }
  const titled = columnsOf(kind, lines[0] ?? []);
  const columns = titled ?? kind.fields;
  const from = titled ? 1 : 0;
  if (lines.length === from) return { ok: false, why: 'Paste one line for each, with tabs or commas between.' };
  if (lines.length - from > MOST_PASTED) return { ok: false, why: `At most ${MOST_PASTED} lines are taken at once.` };
  const keyField = keyFieldOf(kind);
  const known = new Map(held.map((one) => [keyIn(one.body[keyField]), one]));
  const seen = new Map<string, number>();
  const rows: Pasted[] = [];
  let unchanged = 0;
  for (const [i, cells] of lines.slice(from).entries()) {
    const wrong = (why: string): PastedRows => ({ ok: false, why: `Line ${i + from + 1}: ${why}` });
    if (cells.length > columns.length) {
      return wrong(`it has ${cells.length} columns; there are ${columns.length}: ${said(columns)}.`);
    }
    const typed: Record<string, string> = {};
    for (const [at, field] of columns.entries()) {
      const cell = cells[at];
      // An empty cell says nothing: what is there stays, and a new record begins as in the form.
      if (cell === undefined || cell === '') continue;
      const read = readCell(field, cell, named);
      if (read === null) return wrong(`${field.label} ${cell} is not known here.`);
      typed[field.name] = read;
    }
    const key = keyIn(typed[keyField]);
    const was = known.get(key) ?? null;
    // What the lines do not have stays as it is, and so does how its key is written.
    const begin = was ? was.body : kind.begin;
    const built = builtFrom(kind, begin, {
      ...typedOf(kind, begin),
      ...typed,
      ...(was ? { [keyField]: String(was.body[keyField]) } : {}),
    });
    if (!built.ok) return wrong(built.why);
    const before = seen.get(key);
    if (before !== undefined) return wrong(`it is the same one as line ${before}.`);
    seen.set(key, i + from + 1);
    if (was && same(was.body, built.body)) unchanged++;
    else rows.push({ held: was, body: built.body });
  }
  return { ok: true, rows, unchanged };
}

/** The columns that a first line names; null where it is a record already. */
function columnsOf(kind: SetupKind, cells: readonly string[]): readonly SetupField[] | null {
  const named = cells.map((cell) =>
    kind.fields.find(({ name, label }) => [name, label].some((one) => one.toUpperCase() === cell.toUpperCase())),
  );
  const all = named.flatMap((field) => field ?? []);
  return all.length === cells.length && all.length > 0 ? all : null;
}

const said = (columns: readonly SetupField[]): string => columns.map(({ label }) => label).join(', ');

/** A cell as the form would have it typed; null where it names a record that is not there. */
function readCell(field: SetupField, cell: string, named: (kind: string) => readonly Held[]): string | null {
  if (field.as === 'yes') return /^(yes|y|true|1|x)$/i.test(cell) ? 'yes' : '';
  if (field.as !== 'record') return cell;
  const wanted = cell.toUpperCase();
  const found = named(String(field.of)).find(({ body }) =>
    [body.short, body.name].some((one) => String(one ?? '').toUpperCase() === wanted),
  );
  return found?.id ?? null;
}

const same = (a: Body, b: Body): boolean => {
  const sorted = (of: Body): string => JSON.stringify(Object.entries(of).toSorted(([x], [y]) => (x < y ? -1 : 1)));
  return sorted(a) === sorted(b);
};
