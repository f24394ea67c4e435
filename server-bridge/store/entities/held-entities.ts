/**
 * Entities in memory, each as its facts fold: those that are open or recent, and some others that were asked for. What changed is
 * written by a flush, or is folded again from its facts after a kill.
 */
import type { Fact } from '../../../domain/kernel/fact.ts';
import {
  type EffectsOf,
  emptyFold,
  FACT_CONTESTED,
  FACT_SETTLED,
  type Folded,
  foldAll,
} from '../../../domain/kernel/fold.ts';
import { type EntityRef, kindOf } from '../../../domain/kernel/ids.ts';
import { foldMarks } from '../../../sealing/fold-mark.ts';
import type { About } from './about.ts';
import { type Beside, closedSince, isDisputed } from './closed.ts';
import type { EntityRow, EntityTable } from './entity-table.ts';

export interface Entry {
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

export interface HeldEntities {
  readonly find: (ref: EntityRef) => Entry | undefined;
  readonly findOrMake: (ref: EntityRef) => Entry;
  /** Folds it whole where it is stale. */
  readonly settle: (entry: Entry) => Entry;
  readonly baseOf: (entry: Entry) => Folded | undefined;
  /** Its state became another, or is stale: it is written with the next flush. */
  readonly changed: (entry: Entry) => void;
  /** Writes it now, for rows that name it. */
  readonly store: (entry: Entry) => void;
  readonly erase: (entry: Entry) => void;
  /** Those that are to be written. */
  readonly dirty: Iterable<Entry>;
  /** Those of a kind that are open or were closed lately: all of them are in memory from the first call on. */
  readonly live: (kind: string) => Folded[];
  readonly liveRefs: (kind: string) => readonly EntityRef[];
  readonly isLive: (ref: EntityRef) => boolean;
  /** As `Entities` says of them: on disk as well, and no more in memory for it. */
  readonly back: (kind: string, before: EntityRef | null, limit: number) => readonly Folded[];
  readonly beginning: (prefix: string) => readonly EntityRef[];
  readonly flush: () => void;
  readonly forget: () => void;
}

export interface HeldOptions {
  readonly table: EntityTable;
  readonly about: About;
  readonly effectsOf: EffectsOf;
  readonly foldVersion: number;
  /** `type@v` that this build reads. */
  readonly reads: readonly string[];
  /** How long what closed stays in memory, ms. */
  readonly keepMs: number;
  readonly now: () => number;
}

/** Entities kept in memory beyond those that are open or recent. */
const SPARE = 4_000;

export function heldEntities({ table, about, effectsOf, keepMs, now, ...rules }: HeldOptions): HeldEntities {
  const byRef = new Map<EntityRef, Entry>();
  const kinds = new Map<string, Set<Entry>>();
  const dirty = new Set<Entry>();
  /** With so many in memory it is looked which of them may go. */
  let most = SPARE;
  let nextNum = 0;
  const markOf = foldMarks(rules.foldVersion, rules.reads);
  const since = (): number => now() - keepMs;

  const find = (ref: EntityRef): Entry | undefined => {
    const held = byRef.get(ref);
    if (held) return held;
    const row = table.find(ref);
    if (!row) return undefined;
    spare();
    return hold(row);
  };
  const beside: Beside = {
    entity: (ref) => {
      const entry = find(ref);
      return entry && settle(entry).folded;
    },
    factsOf: (ref) => {
      const entry = find(ref);
      return entry ? about.facts(entry.num) : [];
    },
  };

  const baseOf = (entry: Entry): Folded | undefined => (entry.based ? table.base(entry.num) : undefined);
  const settle = (entry: Entry): Entry => {
    if (!entry.stale) return entry;
    const base = baseOf(entry);
    const rest = about.unbased(entry.num);
    entry.folded = foldAll(entry.ref, rest, effectsOf, base);
    if (base && (judgesMissing(rest, base) || isDisputed(entry.folded))) entry.wants = true;
    // First of all: whether it is over may be looked up by way of others, and they lead back to it.
    entry.stale = false;
    entry.closed = closedSince(entry.folded, beside);
    return entry;
  };
  const changed = (entry: Entry): void => {
    dirty.add(entry);
    if (!entry.stale) entry.closed = closedSince(entry.folded, beside);
    kinds.get(kindOf(entry.ref))?.add(entry);
  };
  /** What stood beside it may be gone by now, and an earlier build never counted a merged incident as over. */
  const lookAgain = (entry: Entry): void => {
    if (entry.stale || entry.closed !== null) return;
    entry.closed = closedSince(entry.folded, beside);
    if (entry.closed !== null) dirty.add(entry);
  };

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
  const make = (ref: EntityRef): Entry => {
    spare();
    if (nextNum === 0) nextNum = table.newest() + 1;
    const state = { closed: null, stale: false, stored: false, based: false, wants: false };
    const entry: Entry = { num: nextNum++, ref, folded: emptyFold(ref), ...state };
    byRef.set(ref, entry);
    return entry;
  };
  /** Lets go of what nothing waits to be written of, and of what closed too long ago: a workstation runs for months. */
  const spare = (): void => {
    if (byRef.size < most) return;
    const over = since();
    for (const live of kinds.values())
      for (const entry of live) if (!entry.stale && entry.closed !== null && entry.closed <= over) live.delete(entry);
    for (const [ref, entry] of byRef) {
      if (!dirty.has(entry) && !kinds.get(kindOf(ref))?.has(entry)) byRef.delete(ref);
    }
    most = byRef.size + SPARE;
  };

  const store = (entry: Entry): void => {
    const { num, ref, folded, closed } = settle(entry);
    const row = { num, ref, closed, fold: markOf(folded), state: JSON.stringify(folded) };
    if (entry.stored) table.update({ ...row, wants: entry.wants ? 1 : 0 });
    else table.insert(row);
    entry.stored = true;
  };

  return {
    find,
    findOrMake: (ref) => find(ref) ?? make(ref),
    settle,
    baseOf,
    changed,
    store,
    erase: (entry) => {
      about.removeAll(entry.num);
      table.remove(entry.num);
      byRef.delete(entry.ref);
      dirty.delete(entry);
      kinds.get(kindOf(entry.ref))?.delete(entry);
    },
    dirty,
    live: (kind) => {
      let live = kinds.get(kind);
      if (!live) {
        live = new Set(table.live(kind, since()).map(hold));
        for (const entry of byRef.values()) if (kindOf(entry.ref) === kind) live.add(entry);
        kinds.set(kind, live);
        for (const entry of live) lookAgain(entry);
      }
      const over = since();
      const states: Folded[] = [];
      for (const entry of live) {
        const { closed, folded } = settle(entry);
        if (closed !== null && closed <= over) live.delete(entry);
        else states.push(folded);
      }
      return states;
    },
    liveRefs: (kind) => {
      const live = kinds.get(kind);
      if (live) return [...live].map((entry) => entry.ref);
      const refs = new Set(table.liveRefs(kind, since()));
      for (const ref of byRef.keys()) if (kindOf(ref) === kind) refs.add(ref);
      return [...refs];
    },
    isLive: (ref) => {
      const entry = byRef.get(ref);
      if (!entry || !kinds.get(kindOf(ref))?.has(entry)) return false;
      const { closed } = settle(entry);
      return closed === null || closed > since();
    },
    back: (kind, before, limit) => {
      const rows = table.back(kind, before, limit).map((row) => {
        const held = byRef.get(row.ref);
        if (held) return settle(held).folded;
        const folded = JSON.parse(row.state) as Folded;
        return row.fold === markOf(folded) ? folded : settle(hold(row)).folded;
      });
      if (before !== null) return rows;
      const fresh = [...dirty].filter((entry) => !entry.stored && kindOf(entry.ref) === kind);
      return [...fresh.map((entry) => settle(entry).folded), ...rows];
    },
    beginning: (prefix) => [
      ...new Set([
        ...table.beginning(prefix),
        ...[...dirty].map(({ ref }) => ref).filter((ref) => ref.startsWith(prefix)),
      ]),
    ],
    flush: () => {
      for (const entry of dirty) store(entry);
      dirty.clear();
    },
    forget: () => {
      byRef.clear();
      kinds.clear();
      dirty.clear();
      most = SPARE;
      nextNum = 0;
    },
  };
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
