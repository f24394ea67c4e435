/**
 * Single rows are read together: what callers of one organisation ask while a flight of theirs is on its way goes with the
 * next, in one transaction, so that one commit makes all their entries in the audit durable. Each sees as far as they would
 * alone and is noted under their own name, and nobody is answered before that is committed.
 *
 * Whoever sees their own records alone of a kind goes alone: the database holds a transaction to one person's, not a row of it.
 */
import { binaryArray } from '../db/binary-array.ts';
import type { Database, Scope } from '../db/database.ts';
import type { Asking, Statement } from '../db/flight.ts';
import { inGroups } from '../db/groups.ts';
import type { EntityColumns } from './columns.ts';
import { type Reach, withinReach } from './reach.ts';
import { notedOf, type Row, readsAreNoted, selectionOf, shownColumns } from './read.ts';

/** One caller's question for one row. */
export interface RowAsked {
  readonly columns: EntityColumns;
  readonly id: string;
  readonly reach: Reach;
  /** Who asks, for the audit. */
  readonly scope: Scope;
}

/** The row, with what is sealed in it and what opens that; null where there is none within reach. */
export type ReadRow = (asked: RowAsked) => Promise<Row | null>;

/**
 * Of an organisation, so that while one is on its way the answers of another are made and those who had theirs ask again. In
 * one large group all of them wait for each of the three in turn (docs/adr/0021).
 */
const LANES = 2;
const MOST_ROWS = 96;
/** A commit costs about what twenty rows do. */
const ENOUGH_ROWS = 24;

export function rowReader(db: Pick<Database, 'inFlight'>): ReadRow {
  const read = inGroups<RowAsked, Row | null>({
    lanes: LANES,
    most: MOST_ROWS,
    enough: ENOUGH_ROWS,
    run: (org, group) => db.inFlight({ org }, (asking) => askedFor(asking, org, group)),
  });
  return async (asked) => {
    const { org } = asked.scope;
    const { own } = asked.reach;
    if (own === null) return read(org, asked);
    const [row = null] = await db.inFlight({ org, own }, (asking) => askedFor(asking, org, [asked]));
    return row;
  };
}

/** The rows asked for, each in its place; null where there is none. */
async function askedFor(asking: Asking, org: string, all: readonly RowAsked[]): Promise<(Row | null)[]> {
  const rows: (Row | null)[] = all.map(() => null);
  const kinds = Map.groupBy(all.keys(), (i) => (all[i] as RowAsked).columns.entity.kind);
  await Promise.all(
    [...kinds.values()].map(async (places) => {
      const group = places.map((i) => all[i] as RowAsked);
      const answer = await asking.query<Row & { readonly place: number }>(readingOf(org, group));
      for (const row of answer.rows) rows[places[row.place - 1] as number] = row;
    }),
  );
  return rows;
}

/** One statement for rows of one kind: finds them, and notes who read those that were found. */
function readingOf(org: string, group: readonly RowAsked[]): Statement {
  const { columns } = group[0] as RowAsked;
  const { kind, table } = columns.entity;
  const each = (of: (asked: RowAsked) => string | null): Buffer => binaryArray('text', group.map(of));
  return {
    name: `entity.${kind}`,
    text: textOf(columns),
    values: [
      org,
      table,
      notedOf(columns),
      each(({ id }) => id),
      each(({ reach }) => reach.site),
      each(({ reach }) => reach.agency),
      each(({ reach }) => reach.own),
      ...(['actor', 'device', 'session', 'request', 'reason'] as const).map((name) =>
        each(({ scope }) => scope[name] ?? null),
      ),
    ],
  };
}

const texts = new Map<string, string>();

function textOf(columns: EntityColumns): string {
  const { kind } = columns.entity;
  const known = texts.get(kind);
  if (known) return known;
  const noted = readsAreNoted(columns)
    ? 'audit.note_reads_by($2, array_agg(f.id), $3::jsonb, array_agg(f.of_actor), array_agg(f.of_device), array_agg(f.of_session), array_agg(f.of_request), array_agg(f.of_reason))'
    : '0';
  const text = `with found as (
      select q.*, ${selectionOf(columns, true)}
      from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[]) with ordinality
        as q (of_id, of_site, of_agency, of_own, of_actor, of_device, of_session, of_request, of_reason, place)
      join ${columns.table} t on t.org = $1 and t.id = q.of_id and ${withinReach(columns, (bound) => `q.of_${bound}`, 'left out')}
    ), noted as (select ${noted} as entries, $2::text as of_table, $3::jsonb as said from found f)
    select f.place, ${shownColumns(columns, true)
      .map((name) => `f.${name}`)
      .join(', ')}, noted.entries from found f, noted`;
  texts.set(kind, text);
  return text;
}
