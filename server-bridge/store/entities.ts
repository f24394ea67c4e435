/**
 * Folded state: what is open or recent in memory, the rest on disk, each written in the transaction of the facts that
 * changed it.
 */
import type { Fact } from '../../domain/kernel/fact.ts';
import { type EffectsOf, emptyFold, type Folded, foldAll, foldOnto } from '../../domain/kernel/fold.ts';
import { type EntityRef, kindOf } from '../../domain/kernel/ids.ts';
import { closedSince } from './closed.ts';
import type { Connection } from './database.ts';
import type { FactRow, Facts } from './facts.ts';

interface Entry {
  readonly num: number;
  readonly ref: EntityRef;
  folded: Folded;
  closed: number | null;
  /** Has to be folded whole before it is next read or written. */
  stale: boolean;
  stored: boolean;
}

interface EntityRow {
  readonly num: number;
  readonly ref: EntityRef;
  readonly closed: number | null;
  readonly fold: number;
  readonly state: string;
}

export interface Entities {
  readonly get: (ref: EntityRef) => Folded | undefined;
  readonly ofKind: (kind: string) => Folded[];
  /** Folds a fact just inserted at `pos` onto everything it is about; gives the entities that changed. */
  readonly apply: (fact: Fact, pos: number) => readonly EntityRef[];
  /** Has an entity folded whole from its facts. */
  readonly refold: (ref: EntityRef) => void;
  /** Counts the facts held about an entity between two positions; null where the entity is not known. */
  readonly countAbout: (ref: EntityRef) => ((from: number, to: number) => number) | null;
  readonly facts: (ref: EntityRef) => Fact[];
  /** Puts a state that came folded, in place of what was held. */
  readonly put: (state: Folded) => void;
  /** Forgets an entity's state, on disk too. */
  readonly drop: (ref: EntityRef) => void;
  /** Writes what changed. */
  readonly flush: () => void;
  readonly forget: () => void;
}

/** Entities kept in memory beyond those that are open or recent. */
const SPARE = 4_000;
const COLUMNS = 'num, ref, closed, fold, state';

export function entitiesOf(
  db: Connection,
  facts: Facts,
  rules: {
    readonly effectsOf: EffectsOf;
    readonly foldVersion: number;
    readonly keepMs: number;
    readonly now: () => number;
  },
): Entities {
  const byRef = new Map<EntityRef, Entry>();
  const kinds = new Map<string, Set<Entry>>();
  const dirty = new Set<Entry>();
  let nextNum = 0;

  // One fact is folded onto several entities: its effects are worked out once.
  let lastFact: Fact | null = null;
  let lastEffects: ReturnType<EffectsOf> = null;
  const effectsOf: EffectsOf = (fact) => {
    if (fact !== lastFact) {
      lastEffects = rules.effectsOf(fact);
      lastFact = fact;
    }
    return lastEffects;
  };

  const factsOf = (num: number): Fact[] =>
    db
      .sql('SELECT f.pos, f.h, f.s, f.k, f.b FROM about a JOIN fact f ON f.pos = a.pos WHERE a.entity = ?')
      .all<FactRow>(num)
      .map(facts.open);

  const settle = (entry: Entry): Entry => {
    if (entry.stale) {
      entry.folded = foldAll(entry.ref, factsOf(entry.num), effectsOf);
      entry.stale = false;
      entry.closed = closedSince(entry.folded);
    }
    return entry;
  };
  const hold = (row: EntityRow): Entry => {
    const held = byRef.get(row.ref);
    if (held) return held;
    const stale = row.fold !== rules.foldVersion;
    const entry: Entry = {
      num: row.num,
      ref: row.ref,
      folded: stale ? emptyFold(row.ref) : (JSON.parse(row.state) as Folded),
      closed: row.closed,
      stale,
      stored: true,
    };
    byRef.set(row.ref, entry);
    if (stale) dirty.add(entry);
    return entry;
  };
  const spare = (): void => {
    if (byRef.size < SPARE + [...kinds.values()].reduce((sum, set) => sum + set.size, 0)) return;
    for (const [ref, entry] of byRef) {
      if (!dirty.has(entry) && !kinds.get(kindOf(ref))?.has(entry)) byRef.delete(ref);
    }
  };
  const entryOf = (ref: EntityRef): Entry | undefined => {
    const held = byRef.get(ref);
    if (held) return held;
    const row = db.sql(`SELECT ${COLUMNS} FROM entity WHERE ref = ?`).get<EntityRow>(ref);
    if (!row) return undefined;
    spare();
    return hold(row);
  };
  const make = (ref: EntityRef): Entry => {
    if (nextNum === 0) {
      nextNum = (db.sql('SELECT max(num) AS num FROM entity').get<{ num: number | null }>()?.num ?? 0) + 1;
    }
    const entry: Entry = { num: nextNum++, ref, folded: emptyFold(ref), closed: null, stale: false, stored: false };
    byRef.set(ref, entry);
    return entry;
  };
  const changed = (entry: Entry): void => {
    dirty.add(entry);
    if (!entry.stale) entry.closed = closedSince(entry.folded);
    kinds.get(kindOf(entry.ref))?.add(entry);
  };

  return {
    get: (ref) => {
      const entry = entryOf(ref);
      return entry && settle(entry).folded;
    },
    ofKind: (kind) => {
      const since = rules.now() - rules.keepMs;
      let live = kinds.get(kind);
      if (!live) {
        live = new Set(
          db
            .sql(
              `SELECT ${COLUMNS} FROM entity WHERE kind = ? AND closed IS NULL UNION ALL SELECT ${COLUMNS} FROM entity WHERE kind = ? AND closed > ?`,
            )
            .all<EntityRow>(kind, kind, since)
            .map(hold),
        );
        for (const entry of byRef.values()) if (kindOf(entry.ref) === kind) live.add(entry);
        kinds.set(kind, live);
      }
      const out: Folded[] = [];
      for (const entry of live) {
        settle(entry);
        if (entry.closed !== null && entry.closed <= since) live.delete(entry);
        else out.push(entry.folded);
      }
      return out;
    },
    apply: (fact, pos) => {
      const refs = [...new Set(fact.about)];
      for (const ref of refs) {
        const entry = entryOf(ref) ?? make(ref);
        db.sql('INSERT INTO about(entity, pos) VALUES(?, ?) ON CONFLICT DO NOTHING').run(entry.num, pos);
        if (!entry.stale) {
          const folded = foldOnto(entry.folded, fact, effectsOf, facts.holds);
          if (folded) entry.folded = folded;
          else entry.stale = true;
        }
        changed(entry);
      }
      return refs;
    },
    refold: (ref) => {
      const entry = entryOf(ref);
      if (!entry) return;
      entry.stale = true;
      changed(entry);
    },
    countAbout: (ref) => {
      const entry = entryOf(ref);
      if (!entry) return null;
      return (from, to) =>
        db
          .sql('SELECT count(*) AS n FROM about WHERE entity = ? AND pos BETWEEN ? AND ?')
          .get<{ n: number }>(entry.num, from, to)?.n ?? 0;
    },
    facts: (ref) => {
      const entry = entryOf(ref);
      return entry ? factsOf(entry.num) : [];
    },
    put: (state) => {
      const entry = entryOf(state.ref) ?? make(state.ref);
      entry.folded = state;
      entry.stale = false;
      changed(entry);
    },
    drop: (ref) => {
      const entry = entryOf(ref);
      if (!entry) return;
      db.sql('DELETE FROM about WHERE entity = ?').run(entry.num);
      db.sql('DELETE FROM entity WHERE num = ?').run(entry.num);
      byRef.delete(ref);
      dirty.delete(entry);
      kinds.get(kindOf(ref))?.delete(entry);
    },
    flush: () => {
      for (const entry of dirty) {
        const { folded, closed } = settle(entry);
        if (entry.stored) {
          db.sql('UPDATE entity SET closed = ?, fold = ?, state = ? WHERE num = ?').run(
            closed,
            rules.foldVersion,
            JSON.stringify(folded),
            entry.num,
          );
        } else {
          db.sql('INSERT INTO entity(num, ref, kind, closed, fold, state) VALUES(?, ?, ?, ?, ?, ?)').run(
            entry.num,
            entry.ref,
            kindOf(entry.ref),
            closed,
            rules.foldVersion,
            JSON.stringify(folded),
          );
          entry.stored = true;
        }
      }
      dirty.clear();
    },
    forget: () => {
      byRef.clear();
      kinds.clear();
      dirty.clear();
      nextNum = 0;
      lastFact = null;
    },
  };
}
