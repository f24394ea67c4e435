/**
 * Folded state, and which facts are about what: each written in the transaction of the facts that changed it, or some hundred
 * facts later.
 */
import type { Fact } from '../../../domain/kernel/fact.ts';
import { type EffectsOf, type Folded, foldAll, foldOnto } from '../../../domain/kernel/fold.ts';
import type { EntityRef } from '../../../domain/kernel/ids.ts';
import type { Facts } from '../facts/facts.ts';
import type { Connection } from '../file/database.ts';
import { aboutOf } from './about.ts';
import { isDisputed } from './closed.ts';
import { type EntityTable, entityTable } from './entity-table.ts';
import { type HeldOptions, heldEntities } from './held-entities.ts';

export interface Entities {
  readonly get: (ref: EntityRef) => Folded | undefined;
  readonly ofKind: (kind: string) => Folded[];
  /** Whether `ofKind` gives it. */
  readonly isKept: (ref: EntityRef) => boolean;
  readonly refsOfKind: (kind: string) => readonly EntityRef[];
  /** Every entity of a kind, from the last by reference back, before one: also those that are on disk alone. None stays in memory for it. */
  readonly back: (kind: string, before: EntityRef | null, limit: number) => readonly Folded[];
  /** References that begin so, on disk or not. */
  readonly beginning: (prefix: string) => readonly EntityRef[];
  /**
   * Folds a fact just inserted at `pos` onto everything it is about; gives the entities that changed. Where it is
   * `covered`, the bases of entities that have one include it already.
   */
  readonly apply: (fact: Fact, pos: number, covered: boolean) => readonly EntityRef[];
  readonly hasBase: (ref: EntityRef) => boolean;
  /** Gives a state as the fold of facts that may not be held; facts held that it `covers` are not folded again. */
  readonly rebase: (state: Folded, covers: (pos: number) => boolean) => void;
  /** Another epoch of the center may judge otherwise what it had judged in the states that it gave: their facts are wanted. */
  readonly doubtJudged: () => void;
  /** All facts of an entity are held now: its base goes, and it is folded whole. */
  readonly complete: (ref: EntityRef) => void;
  /** Entities whose facts have to be fetched before they are folded right, or since somebody reads them. */
  readonly wanting: () => readonly EntityRef[];
  /** Somebody reads what is said about it: where some of its facts are not held, they are wanted. False where that changes nothing. */
  readonly want: (ref: EntityRef) => boolean;
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
  readonly isErased: (ref: EntityRef) => boolean;
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

type Rules = Omit<HeldOptions, 'table' | 'about'> & {
  /** Whether a base may have a fact that its log's position does not tell it has. */
  readonly mayBeInBase: (fact: Fact) => boolean;
};

export function entitiesOf(db: Connection, facts: Facts, rules: Rules): Entities {
  const table = entityTable(db);
  const about = aboutOf(db, facts);
  const effects = onceForEach(rules.effectsOf);
  const held = heldEntities({ ...rules, effectsOf: effects, table, about });
  const { find, settle, changed } = held;
  let must = false;
  /** For what changes rows on disk that others depend on: everything follows in this transaction. */
  const rewrite = (): void => {
    about.flush();
    must = true;
  };

  return {
    get: (ref) => {
      const entry = find(ref);
      return entry && settle(entry).folded;
    },
    ofKind: held.live,
    isKept: held.isLive,
    refsOfKind: held.liveRefs,
    back: held.back,
    beginning: held.beginning,
    apply: (fact, pos, covered) => {
      const refs = [...new Set(fact.about)].filter((ref) => !table.isErased(ref));
      for (const ref of refs) {
        const entry = held.findOrMake(ref);
        const based = covered && entry.based;
        about.add(entry.num, pos, based);
        if (based) continue;
        // A base was folded of all that the center had, also of a log of which this site sees a part: it may have this fact.
        if (entry.based && rules.mayBeInBase(fact)) entry.wants = true;
        if (!entry.stale) {
          const folded = foldOnto(entry.folded, fact, effects, facts.holds);
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
      const entry = find(ref);
      if (!entry) return;
      entry.stale = true;
      changed(entry);
    },
    without: (ref, pos) => {
      const entry = find(ref);
      if (!entry) return;
      rewrite();
      if (!about.isUnbased(entry.num, pos)) return;
      about.remove(entry.num, [pos]);
      entry.stale = true;
      changed(entry);
    },
    countFrom: (ref, pos) => {
      const entry = find(ref);
      return entry ? about.countFrom(entry.num, pos) : 0;
    },
    isAbout: (ref, pos) => {
      const entry = find(ref);
      return entry !== undefined && about.holds(entry.num, pos);
    },
    facts: (ref) => {
      const entry = find(ref);
      return entry ? about.facts(entry.num) : [];
    },
    hasBase: (ref) => find(ref)?.based === true,
    rebase: (state, covers) => {
      const entry = held.findOrMake(state.ref);
      rewrite();
      held.store(entry);
      table.setBase(entry.num, state);
      about.base(entry.num, covers);
      entry.based = true;
      // Facts tell who wrote what is to be settled, and what this build makes of all that the center's may not read. What was judged
      // otherwise counts as the center says, for as long as its epoch lasts.
      entry.wants = state.partly || state.contested.length > 0;
      entry.stale = true;
      changed(entry);
    },
    doubtJudged: () => {
      for (const ref of table.judgedBases()) {
        const entry = find(ref);
        if (!entry || entry.wants) continue;
        entry.wants = true;
        changed(entry);
      }
    },
    complete: (ref) => {
      const entry = find(ref);
      if (!entry) return;
      rewrite();
      held.store(entry);
      table.setBase(entry.num, null);
      about.base(entry.num, () => false);
      entry.based = false;
      entry.wants = false;
      entry.stale = true;
      changed(entry);
    },
    wanting: () => {
      const wants = new Set(table.wanting());
      for (const entry of held.dirty) {
        if (settle(entry).wants) wants.add(entry.ref);
        else wants.delete(entry.ref);
      }
      return [...wants];
    },
    want: (ref) => {
      const entry = find(ref);
      if (!entry?.based || entry.wants) return false;
      entry.wants = true;
      changed(entry);
      return true;
    },
    absorb: (ref, positions) => {
      const entry = find(ref);
      if (!entry) return;
      rewrite();
      held.store(entry);
      const taken = positions.flatMap((pos) => {
        return about.isUnbased(entry.num, pos) ? [facts.at(pos)].filter((fact) => fact !== null) : [];
      });
      const base = foldAll(ref, taken, effects, held.baseOf(entry));
      table.setBase(entry.num, base);
      about.remove(entry.num, positions);
      entry.based = true;
    },
    erase: (ref) => {
      table.forget();
      rewrite();
      const entry = find(ref);
      if (entry) held.erase(entry);
    },
    isErased: table.isErased,
    positionsOf: (ref) => {
      const entry = find(ref);
      return entry ? about.positions(entry.num) : [];
    },
    positions: (num) => about.positions(num),
    closedAt: (ref) => {
      const entry = find(ref);
      return entry ? settle(entry).closed : null;
    },
    closedFrom: table.closedFrom,
    neverClosing: table.neverClosing,
    mustFlush: () => must,
    flush: () => {
      about.flush();
      held.flush();
      must = false;
    },
    forget: () => {
      about.forget();
      must = false;
      held.forget();
      table.forget();
    },
  };
}

/**
 * One fact is folded onto several entities, and again with each verdict about one of them: its effects are worked out once, and kept for
 * as long as it is open in memory.
 */
function onceForEach(effectsOf: EffectsOf): EffectsOf {
  const known = new WeakMap<Fact, ReturnType<EffectsOf>>();
  return (fact) => {
    const held = known.get(fact);
    if (held !== undefined) return held;
    const effects = effectsOf(fact);
    known.set(fact, effects);
    return effects;
  };
}
