/** Folded entities as they lie on disk. */
import { CLOSING_KINDS } from '../../../domain/cad/closing.ts';
import type { Folded } from '../../../domain/kernel/fold.ts';
import { type EntityRef, kindOf } from '../../../domain/kernel/ids.ts';
import type { Connection } from '../file/database.ts';

export interface EntityRow {
  readonly num: number;
  readonly ref: EntityRef;
  readonly closed: number | null;
  /** The rules that folded it: their version, or a hash of that and of what was read where that matters. */
  readonly fold: number;
  readonly state: string;
  readonly based: number;
  readonly wants: number;
}

/** How far a round over the closed entities of a kind has come. */
export interface ClosedPlace {
  readonly kind: string;
  readonly closed: number;
  readonly num: number;
}

export interface ClosedRow {
  readonly num: number;
  readonly closed: number;
  readonly holding: 0 | 1;
}

export interface EntityTable {
  readonly find: (ref: EntityRef) => EntityRow | undefined;
  /** Those of a kind that are open, or were closed after `since`. */
  readonly live: (kind: string, since: number) => EntityRow[];
  readonly liveRefs: (kind: string, since: number) => EntityRef[];
  /** Those of a kind before a reference, the last first. */
  readonly back: (kind: string, before: EntityRef | null, limit: number) => EntityRow[];
  /** References that begin so. */
  readonly beginning: (prefix: string) => EntityRef[];
  readonly newest: () => number;
  readonly insert: (row: Pick<EntityRow, 'num' | 'ref' | 'closed' | 'fold' | 'state'>) => void;
  readonly update: (row: Pick<EntityRow, 'num' | 'closed' | 'fold' | 'state' | 'wants'>) => void;
  readonly remove: (num: number) => void;
  readonly base: (num: number) => Folded | undefined;
  readonly setBase: (num: number, base: Folded | null) => void;
  readonly wanting: () => EntityRef[];
  /** Entities that closed before a moment, in the order in which they did, after that place; whether facts of each are held. */
  readonly closedFrom: (after: ClosedPlace, before: number, limit: number) => ClosedRow[];
  /** Entities of kinds that never close. */
  readonly neverClosing: () => number[];
  /** Those whose base was judged: by the center, in the epoch that it came from. */
  readonly judgedBases: () => readonly EntityRef[];
  readonly isErased: (ref: EntityRef) => boolean;
  /** What was erased is read anew. */
  readonly forget: () => void;
}

const COLUMNS = 'num, ref, closed, fold, state, base IS NOT NULL AS based, wants';
const CLOSING = CLOSING_KINDS.map((kind) => `'${kind}'`).join(', ');

export function entityTable(db: Connection): EntityTable {
  let erased: Set<string> | null = null;
  const live = <R>(columns: string, kind: string, since: number): R[] =>
    db
      .sql(
        `SELECT ${columns} FROM entity WHERE kind = ? AND closed IS NULL UNION ALL SELECT ${columns} FROM entity WHERE kind = ? AND closed > ?`,
      )
      .all<R>(kind, kind, since);
  const nums = (rows: readonly { readonly num: number }[]): number[] => rows.map((row) => row.num);
  const refs = (rows: readonly { readonly ref: EntityRef }[]): EntityRef[] => rows.map((row) => row.ref);
  return {
    find: (ref) => db.sql(`SELECT ${COLUMNS} FROM entity WHERE ref = ?`).get<EntityRow>(ref),
    live: (kind, since) => live<EntityRow>(COLUMNS, kind, since),
    liveRefs: (kind, since) => refs(live('ref', kind, since)),
    back: (kind, before, limit) =>
      db
        .sql(`SELECT ${COLUMNS} FROM entity WHERE ref > ? AND ref < ? ORDER BY ref DESC LIMIT ? + 0`)
        .all<EntityRow>(`${kind}:`, before ?? `${kind};`, limit),
    beginning: (prefix) =>
      refs(db.sql('SELECT ref FROM entity WHERE ref >= ? AND ref < ? ORDER BY ref').all(prefix, `${prefix}\u{10ffff}`)),
    newest: () => db.sql('SELECT max(num) AS num FROM entity').get<{ num: number | null }>()?.num ?? 0,
    insert: ({ num, ref, closed, fold, state }) =>
      db
        .sql('INSERT INTO entity(num, ref, kind, closed, fold, state) VALUES(?, ?, ?, ?, ?, ?)')
        .run(num, ref, kindOf(ref), closed, fold, state),
    update: ({ num, closed, fold, state, wants }) =>
      db
        .sql('UPDATE entity SET closed = ?, fold = ?, state = ?, wants = ? WHERE num = ?')
        .run(closed, fold, state, wants, num),
    remove: (num) => db.sql('DELETE FROM entity WHERE num = ?').run(num),
    base: (num) => {
      const row = db.sql('SELECT base FROM entity WHERE num = ?').get<{ base: string | null }>(num);
      return row?.base ? (JSON.parse(row.base) as Folded) : undefined;
    },
    setBase: (num, base) => db.sql('UPDATE entity SET base = ? WHERE num = ?').run(base && JSON.stringify(base), num),
    wanting: () => refs(db.sql('SELECT ref FROM entity WHERE wants = 1').all()),
    closedFrom: ({ kind, closed, num }, before, limit) =>
      db
        .sql(
          `SELECT num, closed, EXISTS (SELECT 1 FROM about WHERE entity = num) AS holding FROM entity
           WHERE kind = ? AND (closed, num) > (?, ?) AND closed < ? ORDER BY closed, num LIMIT ? + 0`,
        )
        .all(kind, closed, num, before, limit),
    neverClosing: () =>
      nums(db.sql(`SELECT num FROM entity WHERE closed IS NULL AND kind NOT IN (${CLOSING}) ORDER BY num`).all()),
    judgedBases: () =>
      refs(db.sql("SELECT ref FROM entity WHERE base IS NOT NULL AND json_extract(base, '$.judged')").all()),
    isErased: (ref) => {
      erased ??= new Set(refs(db.sql('SELECT ref FROM erased').all()));
      return erased.has(ref);
    },
    forget: () => {
      erased = null;
    },
  };
}
