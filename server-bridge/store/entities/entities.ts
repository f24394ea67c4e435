/**
 * Folded state: what is open or recent in memory, the rest on disk, each written in the transaction of the facts that
 * changed it.
 */
import type { Fact } from '../../../domain/kernel/fact.ts';
import {
  type EffectsOf,
  emptyFold,
  FACT_CONTESTED,
  FACT_SETTLED,
  type Folded,
  foldAll,
  foldOnto,
} from '../../../domain/kernel/fold.ts';
import { type EntityRef, kindOf } from '../../../domain/kernel/ids.ts';
import { foldMarks } from '../../../sealing/fold-mark.ts';
import type { Facts } from '../facts/facts.ts';
import type { Connection } from '../file/database.ts';
import { aboutOf } from './about.ts';
import { type Beside, closedSince, isDisputed } from './closed.ts';
import { type EntityRow, type EntityTable, entityTable } from './entity-table.ts';

interface Entry {
  readonly num: number;
  readonly ref: EntityRef;
  folded: Folded;
  closed: number | null;
  /** Has to be folded whole before it is next read or written. */
  stale: boolean;
  stored: boolean;
  /** Some of its facts are not held, or held and part of its base. */
  based: boolean;
  wants: boolean;
}

export interface Entities {
  readonly get: (ref: EntityRef) => Folded | undefined;
  readonly ofKind: (kind: string) => Folded[];
  /** Whether `ofKind` gives it. */
  readonly isKept: (ref: EntityRef) => boolean;
  readonly refsOfKind: (kind: string) => readonly EntityRef[];
  /**
   * Folds a fact just inserted at `pos` onto everything it is about; gives the entities that changed. Where it is
   * `covered`, the bases of entities that have one include it already.
   */
  readonly apply: (fact: Fact, pos: number, covered: boolean) => readonly EntityRef[];
  readonly hasBase: (ref: EntityRef) => boolean;
  /** Gives a state as the fold of facts that may not be held; facts held that it `covers` are not folded again. */
  readonly rebase: (state: Folded, covers: (pos: number) => boolean) => void;
  /** All facts of an entity are held now: its base goes, and it is folded whole. */
  readonly complete: (ref: EntityRef) => void;
  /** Entities whose facts have to be fetched before they are folded right. */
  readonly wanting: () => readonly EntityRef[];
  /** Has an entity folded whole from its facts. */
  readonly refold: (ref: EntityRef) => void;
  /** A fact at this position is about to be removed for good: the entity is folded whole without it. */
  readonly without: (ref: EntityRef, pos: number) => void;
  /** How many facts are held about an entity from a position to the end of its log. */
  readonly countFrom: (ref: EntityRef, pos: number) => number;
  /** Whether the fact at a position is about an entity. */
  readonly isAbout: (ref: EntityRef, pos: number) => boolean;
  readonly facts: (ref: EntityRef) => readonly Fact[];
  /** Takes facts, by position, into an entity's base, for they are about to be removed. Its state stays what it is. */
  readonly absorb: (ref: EntityRef, positions: readonly number[]) => void;
  /** Forgets an entity's state, on disk too, and never folds it again. */
  readonly erase: (ref: EntityRef) => void;
  readonly positionsOf: (ref: EntityRef) => readonly number[];
  readonly positions: (num: number) => readonly number[];
  readonly closedAt: (ref: EntityRef) => number | null;
  readonly closedFrom: EntityTable['closedFrom'];
  /** Entities of kinds that never close, in the order of their numbers. */
  readonly neverClosing: () => readonly number[];
  /** True where what changed has to be written with this transaction, and not some facts later. */
  readonly mustFlush: () => boolean;
  /** Writes what changed. */
  readonly flush: () => void;
  readonly forget: () => void;
}

/** True where a verdict speaks of a fact that is in the base: only all the facts tell what it changes. */
function judgesMissing(rest: readonly Fact[], base: Folded): boolean {
  const held = new Set(rest.map((fact) => fact.id));
  return rest.some((fact) => {
    if (fact.type !== FACT_CONTESTED && fact.type !== FACT_SETTLED) return false;
    const of = (fact.content as { readonly fact?: unknown } | undefined)?.fact;
    return typeof of === 'string' && !held.has(of) && base.count > 0;
  });
}

/** Entities kept in memory beyond those that are open or recent. */
const SPARE = 4_000;

export function entitiesOf(
  db: Connection,
  facts: Facts,
  rules: {
    readonly effectsOf: EffectsOf;
    readonly foldVersion: number;
    /** `type@v` that this build reads. */
    readonly reads: readonly string[];
    readonly keepMs: number;
    readonly now: () => number;
    /** Of a log of which this site sees a part. */
    readonly isSparse: (fact: Fact) => boolean;
  },
): Entities {
  const byRef = new Map<EntityRef, Entry>();
  const kinds = new Map<string, Set<Entry>>();
  const dirty = new Set<Entry>();
  let nextNum = 0;
  let must = false;
  const table = entityTable(db);
  const about = aboutOf(db, facts);
  /** For what changes rows on disk that others depend on: everything follows in this transaction. */
  const rewrite = (): void => {
    about.flush();
    must = true;
  };

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

  const beside: Beside = {
    entity: (ref) => {
      const entry = entryOf(ref);
      return entry && settle(entry).folded;
    },
    factsOf: (ref) => {
      const entry = entryOf(ref);
      return entry ? about.facts(entry.num) : [];
    },
  };
  const baseOf = (entry: Entry): Folded | undefined => (entry.based ? table.base(entry.num) : undefined);
  const settle = (entry: Entry): Entry => {
    if (entry.stale) {
      const base = baseOf(entry);
      const rest = about.unbased(entry.num);
      entry.folded = foldAll(entry.ref, rest, effectsOf, base);
      if (base && (judgesMissing(rest, base) || isDisputed(entry.folded))) entry.wants = true;
      // First of all: whether it is over may be looked up by way of others, and they lead back to it.
      entry.stale = false;
      entry.closed = closedSince(entry.folded, beside);
    }
    return entry;
  };
  /** What stood beside it may be gone by now, and an earlier build never counted a merged incident as over. */
  const lookAgain = (entry: Entry): void => {
    if (entry.stale || entry.closed !== null) return;
    entry.closed = closedSince(entry.folded, beside);
    if (entry.closed !== null) dirty.add(entry);
  };
  const markOf = foldMarks(rules.foldVersion, rules.reads);
  const hold = (row: EntityRow): Entry => {
    const held = byRef.get(row.ref);
    if (held) return held;
    const folded = JSON.parse(row.state) as Folded;
    const stale = row.fold !== markOf(folded);
    const entry: Entry = {
      num: row.num,
      ref: row.ref,
      folded: stale ? emptyFold(row.ref) : folded,
      closed: row.closed,
      stale,
      stored: true,
      based: row.based === 1,
      // A base cannot be folded by other rules than it was: its facts have to come again.
      wants: row.wants === 1 || (stale && row.based === 1),
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
    const row = table.find(ref);
    if (!row) return undefined;
    spare();
    return hold(row);
  };
  const make = (ref: EntityRef): Entry => {
    if (nextNum === 0) nextNum = table.newest() + 1;
    const entry: Entry = {
      num: nextNum++,
      ref,
      folded: emptyFold(ref),
      closed: null,
      stale: false,
      stored: false,
      based: false,
      wants: false,
    };
    byRef.set(ref, entry);
    return entry;
  };
  const changed = (entry: Entry): void => {
    dirty.add(entry);
    if (!entry.stale) entry.closed = closedSince(entry.folded, beside);
    kinds.get(kindOf(entry.ref))?.add(entry);
  };

  const store = (entry: Entry): void => {
    const { num, ref, folded, closed } = settle(entry);
    const row = { num, ref, closed, fold: markOf(folded), state: JSON.stringify(folded) };
    if (entry.stored) table.update({ ...row, wants: entry.wants ? 1 : 0 });
    else table.insert(row);
    entry.stored = true;
  };

  return {
    get: beside.entity,
    ofKind: (kind) => {
      const since = rules.now() - rules.keepMs;
      let live = kinds.get(kind);
      if (!live) {
        live = new Set(table.live(kind, since).map(hold));
        for (const entry of byRef.values()) if (kindOf(entry.ref) === kind) live.add(entry);
        kinds.set(kind, live);
        for (const entry of live) lookAgain(entry);
      }
      const out: Folded[] = [];
      for (const entry of live) {
        settle(entry);
        if (entry.closed !== null && entry.closed <= since) live.delete(entry);
        else out.push(entry.folded);
      }
      return out;
    },
    isKept: (ref) => {
      const entry = byRef.get(ref);
      if (!entry || !kinds.get(kindOf(ref))?.has(entry)) return false;
      const { closed } = settle(entry);
      return closed === null || closed > rules.now() - rules.keepMs;
    },
    refsOfKind: (kind) => {
      const live = kinds.get(kind);
      if (live) return [...live].map((entry) => entry.ref);
      const refs = new Set(table.liveRefs(kind, rules.now() - rules.keepMs));
      for (const ref of byRef.keys()) if (kindOf(ref) === kind) refs.add(ref);
      return [...refs];
    },
    apply: (fact, pos, covered) => {
      const refs = [...new Set(fact.about)].filter((ref) => !table.isErased(ref));
      for (const ref of refs) {
        const entry = entryOf(ref) ?? make(ref);
        const based = covered && entry.based;
        about.add(entry.num, pos, based);
        if (based) continue;
        // A base was folded of all that the center had, also of a log of which this site sees a part: it may have this fact.
        if (entry.based && rules.isSparse(fact)) entry.wants = true;
        if (!entry.stale) {
          const folded = foldOnto(entry.folded, fact, effectsOf, facts.holds);
          if (folded) {
            entry.folded = folded;
            if (entry.based && isDisputed(folded)) entry.wants = true;
          } else entry.stale = true;
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
    without: (ref, pos) => {
      const entry = entryOf(ref);
      if (!entry) return;
      rewrite();
      if (!about.isUnbased(entry.num, pos)) return;
      about.remove(entry.num, [pos]);
      entry.stale = true;
      changed(entry);
    },
    countFrom: (ref, pos) => {
      const entry = entryOf(ref);
      return entry ? about.countFrom(entry.num, pos) : 0;
    },
    isAbout: (ref, pos) => {
      const entry = entryOf(ref);
      return entry !== undefined && about.holds(entry.num, pos);
    },
    facts: beside.factsOf,
    hasBase: (ref) => entryOf(ref)?.based === true,
    rebase: (state, covers) => {
      const entry = entryOf(state.ref) ?? make(state.ref);
      rewrite();
      store(entry);
      table.setBase(entry.num, state);
      about.base(entry.num, covers);
      entry.based = true;
      // Facts tell what its verdicts mean in this epoch, and what this build makes of all that the center's may not read.
      entry.wants = state.judged || state.partly;
      entry.stale = true;
      changed(entry);
    },
    complete: (ref) => {
      const entry = entryOf(ref);
      if (!entry) return;
      rewrite();
      store(entry);
      table.setBase(entry.num, null);
      about.base(entry.num, () => false);
      entry.based = false;
      entry.wants = false;
      entry.stale = true;
      changed(entry);
    },
    wanting: () => {
      const wants = new Set(table.wanting());
      for (const entry of dirty) {
        if (settle(entry).wants) wants.add(entry.ref);
        else wants.delete(entry.ref);
      }
      return [...wants];
    },
    absorb: (ref, positions) => {
      const entry = entryOf(ref);
      if (!entry) return;
      rewrite();
      store(entry);
      const taken = positions.flatMap((pos) => {
        return about.isUnbased(entry.num, pos) ? [facts.at(pos)].filter((fact) => fact !== null) : [];
      });
      const base = foldAll(ref, taken, effectsOf, baseOf(entry));
      table.setBase(entry.num, base);
      about.remove(entry.num, positions);
      entry.based = true;
    },
    erase: (ref) => {
      table.forget();
      rewrite();
      const entry = entryOf(ref);
      if (!entry) return;
      about.removeAll(entry.num);
      table.remove(entry.num);
      byRef.delete(ref);
      dirty.delete(entry);
      kinds.get(kindOf(ref))?.delete(entry);
    },
    positionsOf: (ref) => {
      const entry = entryOf(ref);
      return entry ? about.positions(entry.num) : [];
    },
    positions: (num) => about.positions(num),
    closedAt: (ref) => {
      const entry = entryOf(ref);
      return entry ? settle(entry).closed : null;
    },
    closedFrom: table.closedFrom,
    neverClosing: table.neverClosing,
    mustFlush: () => must,
    flush: () => {
      about.flush();
      for (const entry of dirty) store(entry);
      dirty.clear();
      must = false;
    },
    forget: () => {
      about.forget();
      must = false;
      byRef.clear();
      kinds.clear();
      dirty.clear();
      nextNum = 0;
      table.forget();
      lastFact = null;
    },
  };
}
