/**
 * What a step writes, kept until its end and then sent as one statement: a step of one fact and a step of four thousand
 * take the same few round trips. Whoever reads within the step what it has written sends it first.
 */
import type { KeyEnvelope } from '#domain/kernel/envelope.ts';
import { binaryArray, type Element, type ElementType } from '../../db/binary-array.ts';
import type { Asking } from '../../db/flight.ts';
import type { Holder, LogPosition } from '../port.ts';
import { columnsOf, emptyingOf, type ProjectedKind, type RelationalRow, UPSERTS, upsertOf } from './rows.ts';

type Row = { readonly [column: string]: unknown };

/** Puts rows: `$1` the organisation, `$2` the moment, and what `rows` is selected from. */
interface Part {
  readonly put: (rows: string) => string;
  /** How many parameters. */
  readonly width: number;
  readonly parameters: (list: readonly Row[]) => readonly (string | Buffer)[];
  /** What the rows are selected from, with the parameters from this one on. */
  readonly from: (first: number) => string;
}

/** Rows in one JSON parameter: where values are nested, or columns may be left out. */
function jsonRows(columns: { readonly [column: string]: string }, put: Part['put']): Part {
  const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  return {
    put,
    width: 1,
    parameters: (list) => [JSON.stringify(list)],
    from: (first) => `json_to_recordset($${first}::json) as r (${typed.join(', ')})`,
  };
}

/** Rows by their columns, an array each: for what there is most of. */
function columnRows(columns: { readonly [column: string]: ElementType }, put: Part['put']): Part {
  const entries = Object.entries(columns);
  const names = entries.map(([name]) => name).join(', ');
  return {
    put,
    width: entries.length,
    parameters: (list) =>
      entries.map(([name, type]) =>
        binaryArray(
          type,
          list.map((row) => row[name] as Element),
        ),
      ),
    from: (first) => `unnest(${entries.map(([, type], i) => `$${first + i}::${type}[]`).join(', ')}) as r (${names})`,
  };
}

export interface Writes {
  readonly facts: (
    rows: readonly { readonly fact: Row; readonly about: readonly Row[]; readonly elsewhere: readonly Row[] }[],
  ) => void;
  readonly keys: (keys: readonly KeyEnvelope[]) => void;
  readonly holds: (rows: readonly Holder[]) => void;
  readonly visits: (rows: readonly Holder[]) => void;
  readonly state: (ref: string, entity: Row, kind: ProjectedKind | null, row: RelationalRow | null) => void;
  readonly position: (position: LogPosition) => void;
  readonly head: (site: string, head: number) => void;
  /** Whether anything waits to be written. */
  readonly dirty: () => boolean;
  /**
   * What waits, ready to be sent: sent before that returns, and what is asked afterwards sees it. Throws where it cannot be
   * written down.
   */
  readonly prepare: (now: number) => () => Promise<unknown>;
}

const FACTS = columnRows(
  {
    ...{
      site: 'text',
      n: 'bigint',
      log: 'text',
      seq: 'bigint',
      id: 'text',
      hash: 'text',
      station: 'text',
      type: 'text',
    },
    ...{ v: 'integer', at: 'bigint', hlc: 'text', by_user: 'text', session: 'text', h: 'text', s: 'text', k: 'text' },
    ...{ b: 'text', unread: 'boolean' },
  },
  (
    rows,
  ) => `insert into kernel.fact (org, site, n, log, seq, id, hash, station, type, v, at, hlc, by_user, session, received_at, h, s, k, b, unread)
  select $1, site, n, log, seq, id, hash, station, type, v, at, hlc, by_user, session, $2, h, s, k, b, unread from ${rows}`,
);
const ABOUT = columnRows(
  { ref: 'text', site: 'text', n: 'bigint' },
  (rows) => `insert into kernel.fact_about (org, ref, site, n) select $1, ref, site, n from ${rows}`,
);
const ELSEWHERE = jsonRows(
  { site: 'text', n: 'bigint', item: 'jsonb', name: 'text' },
  (rows) => `insert into kernel.stream_item (org, site, n, kind, item, name)
  select $1, site, n, 'fact', item, name from ${rows}`,
);
const KEYS = columnRows(
  { id: 'text', entity: 'text', site: 'text', under: 'text', wrapped: 'text' },
  (rows) => `insert into keys.entity (org, id, entity, site, under, wrapped)
  select $1, id, entity, site, under, wrapped from ${rows}
  where not exists (select from keys.destroyed d where d.org = $1 and d.id = r.id) on conflict do nothing`,
);
const SITES = columnRows(
  { ref: 'text', site: 'text', holds: 'boolean' },
  (rows) => `insert into kernel.entity_site as e (org, ref, site, holds) select $1, ref, site, holds from ${rows}
  on conflict (org, ref, site) do update set holds = true where excluded.holds and not e.holds`,
);
const POSITIONS = jsonRows(
  { log: 'text', station: 'text', site: 'text', seq: 'bigint', hash: 'text', gap_to: 'bigint', holes: 'bigint[]' },
  (rows) => `insert into kernel.log_head as l (org, log, station, site, seq, hash, gap_to, holes)
  select $1, log, station, site, seq, hash, gap_to, holes from ${rows}
  on conflict (org, log) do update set seq = excluded.seq, hash = excluded.hash, gap_to = excluded.gap_to, holes = excluded.holes`,
);
const HEADS = columnRows(
  { site: 'text', head: 'bigint' },
  (rows) => `insert into kernel.stream as s (org, site, head) select $1, site, head from ${rows}
  on conflict (org, site) do update set head = excluded.head`,
);
const ENTITIES = columnRows(
  {
    ...{ ref: 'text', kind: 'text', open: 'boolean', touched_at: 'bigint', count: 'integer' },
    ...{ fold_version: 'integer', key: 'text', folded: 'bytea' },
  },
  (rows) => `insert into kernel.entity as e (org, ref, kind, open, touched_at, count, fold_version, key, folded)
  select $1, ref, kind, open, touched_at, count, fold_version, key, folded from ${rows}
  on conflict (org, ref) do update set open = excluded.open, touched_at = excluded.touched_at, count = excluded.count,
    fold_version = excluded.fold_version, key = excluded.key, folded = excluded.folded`,
);

const KINDS = Object.keys(UPSERTS) as ProjectedKind[];
const PARTS: readonly Part[] = [
  FACTS,
  ABOUT,
  ELSEWHERE,
  KEYS,
  SITES,
  POSITIONS,
  HEADS,
  ENTITIES,
  ...KINDS.map((kind) => jsonRows(columnsOf(UPSERTS[kind]), (rows) => upsertOf(UPSERTS[kind], rows))),
];

/** By which parts have rows: one without any would still cost its set-up and its triggers. */
const statements = new Map<string, { readonly name: string; readonly text: string }>();

function statementOf(parts: readonly (readonly [number, Part])[]): { readonly name: string; readonly text: string } {
  const name = `step.write.${parts.map(([i]) => i).join('.')}`;
  const known = statements.get(name);
  if (known) return known;
  let first = 3;
  const written = parts.map(([i, { put, from, width }]) => {
    const text = `w${i} as (${put(from(first))})`;
    first += width;
    return text;
  });
  const made = { name, text: `with ${written.join(',\n')} select $2::bigint as written_at` };
  statements.set(name, made);
  return made;
}

export function stepWrites(client: Asking, org: string): Writes {
  let facts: Row[] = [];
  let about: Row[] = [];
  let elsewhere: Row[] = [];
  let keys: Row[] = [];
  const sites = new Map<string, Row>();
  let dirty = false;
  const positions = new Map<string, Row>();
  const heads = new Map<string, Row>();
  const entities = new Map<string, Row>();
  const rows = new Map(KINDS.map((kind) => [kind, new Map<string, RelationalRow>()]));

  return {
    facts: (list) => {
      for (const one of list) {
        facts.push(one.fact);
        about.push(...one.about);
        elsewhere.push(...one.elsewhere);
      }
      dirty = true;
    },
    keys: (list) => {
      for (const { id, entity, site, under, wrapped } of list) keys.push({ id, entity, site, under, wrapped });
      dirty ||= list.length > 0;
    },
    holds: (list) => {
      // One row for each: whoever held it at the end of the step holds it.
      for (const { ref, site } of list) sites.set(`${ref} ${site}`, { ref, site, holds: true });
      dirty ||= list.length > 0;
    },
    visits: (list) => {
      for (const { ref, site } of list) sites.set(`${ref} ${site}`, { ref, site, holds: false });
      dirty ||= list.length > 0;
    },
    state: (ref, entity, kind, row) => {
      entities.set(ref, entity);
      const of = kind === null ? undefined : rows.get(kind);
      // What was sealed anew for an earlier state of this step is not sealed again for the next.
      if (of && row) of.set(ref, { ...of.get(ref), ...row });
      dirty = true;
    },
    position: ({ gapTo, holes, ...rest }) => {
      positions.set(rest.log, { ...rest, gap_to: gapTo, holes: holes.flat() });
      dirty = true;
    },
    head: (site, head) => {
      heads.set(site, { site, head });
      dirty = true;
    },
    dirty: () => dirty,
    prepare: (now) => {
      if (!dirty) return () => Promise.resolve();
      const lists = [
        facts,
        about,
        elsewhere,
        keys,
        [...sites.values()],
        [...positions.values()],
        [...heads.values()],
        [...entities.values()],
        ...KINDS.map((kind) => [...(rows.get(kind)?.values() ?? [])]),
      ];
      const emptying = KINDS.flatMap((kind) =>
        [...(rows.get(kind)?.values() ?? [])]
          .filter(({ emptied }) => emptied.length > 0)
          .map(({ id, emptied }) => ({ text: emptyingOf(UPSERTS[kind], emptied), values: [org, id] })),
      );
      const parts = PARTS.flatMap((part, i) => ((lists[i]?.length ?? 0) > 0 ? [[i, part] as const] : []));
      const values = [org, now, ...parts.flatMap(([i, part]) => part.parameters(lists[i] ?? []))];
      facts = [];
      about = [];
      elsewhere = [];
      keys = [];
      for (const map of [sites, positions, heads, entities, ...rows.values()]) map.clear();
      dirty = false;
      const statements = [{ ...statementOf(parts), values }, ...emptying];
      return () => Promise.all(statements.map((statement) => client.query(statement)));
    },
  };
}
