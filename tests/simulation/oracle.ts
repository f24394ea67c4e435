/**
 * What was acknowledged to people, who held it when, and what each author could see: kept outside of every store, by the
 * words of stores alone. It excuses a loss only where injected damage took the last copy, and it knows which clashes were
 * blind without looking at `replaces`: a value is superseded when a later author held it and set the same.
 */
import type { Fact } from '../../domain/kernel/fact.ts';
import { hlcParse } from '../../domain/kernel/hlc.ts';
import { canonicalJson } from '../../domain/kernel/json.ts';
import { isErasure } from '../../domain/kernel/kernel.ts';
import { effectsOf } from '../../domain/modules.ts';
import { sealedUnder } from '../../domain/sealed-under.ts';
import type { OpenStore } from '../../server-bridge/store/open.ts';
import type { Change } from '../../server-bridge/store/store.ts';
import type { Kept } from './drive.ts';
import { SITE } from './roster.ts';

interface Write {
  readonly fact: string;
  /** `entity register`. */
  readonly register: string;
  readonly value: string;
  /** Facts that set the same and that its author could read. */
  readonly shown: ReadonlySet<string>;
}

interface Known {
  readonly fact: Fact;
  readonly writes: readonly Write[];
  readonly holders: Set<string>;
  /** Stations that dropped it as acknowledged and over. */
  readonly pruned: Set<string>;
  /** Those that did at any time: a disk that is put back may be from then. */
  readonly prunedOnce: Set<string>;
  acknowledged: boolean;
  /** Damage took every copy at some time: it may be gone. */
  excused: boolean;
}

export interface Oracle {
  readonly changed: (station: string, change: Change) => void;
  readonly acknowledged: (facts: readonly string[]) => void;
  /** The center committed these. */
  readonly committed: (facts: readonly Fact[]) => void;
  /** A node's disk is now what it is: it may hold less than it did. One that was damaged still `keeps` what was not hit. */
  readonly diskOf: (station: string, store: OpenStore, keeps?: Kept) => void;
  /** A station is about to drop what is older than this, ms UTC: the power may go once it has, before it can tell. */
  readonly pruning: (station: string, before: number) => void;
  /** It has. */
  readonly prunedAt: (station: string, store: OpenStore) => void;
  /** A station begins from a snapshot: it gets these as they are folded, and what is about nothing else not as facts. */
  readonly beganFrom: (station: string, store: OpenStore, folded: ReadonlySet<string>) => void;
  readonly centerHolds: (holds: (id: string) => boolean) => void;
  readonly facts: () => ReadonlyMap<string, Known>;
  /** Registers where more than one value stands blindly, given what survived; those that a loss touched are left out. */
  readonly clashes: (survived: (id: string) => boolean) => {
    readonly expected: ReadonlySet<string>;
    readonly unsure: ReadonlySet<string>;
  };
}

const CENTER = 'center';

export function createOracle(readsOf: (station: string, fact: Pick<Fact, 'type' | 'v'>) => boolean): Oracle {
  const known = new Map<string, Known>();
  /** station → register → facts that set it and that the station holds. */
  const held = new Map<string, Map<string, Set<string>>>();

  const underWay = new Map<string, number>();

  /** By the text of a header: every disk that is opened shows the same ones again. */
  const ids = new Map<string, string>();
  const idOf = (h: string): string => {
    const id = ids.get(h) ?? (JSON.parse(h) as { readonly id: string }).id;
    ids.set(h, id);
    return id;
  };

  const registersOf = (fact: Fact): { register: string; value: string }[] => {
    const last = new Map<string, string>();
    for (const effect of effectsOf(fact) ?? [])
      if ('set' in effect) last.set(`${effect.on} ${effect.set}`, canonicalJson(effect.value));
    return [...last].map(([register, value]) => ({ register, value }));
  };
  const seenAt = (station: string, register: string): Set<string> => {
    const mine = held.get(station) ?? new Map<string, Set<string>>();
    held.set(station, mine);
    const facts = mine.get(register) ?? new Set<string>();
    mine.set(register, facts);
    return facts;
  };

  /** What a build cannot read it may have been shown all the same, in a state that the center folded; its author names it then. */
  const shownFolded = ({ station, replaces }: Fact): readonly string[] =>
    replaces.filter((id) => {
      const replaced = known.get(id)?.fact;
      return replaced !== undefined && !readsOf(station, replaced);
    });

  const learn = (station: string, fact: Fact): Known => {
    const before = known.get(fact.id);
    if (before) return before;
    const writes = registersOf(fact).map(({ register, value }) => ({
      fact: fact.id,
      register,
      value,
      shown: new Set([...seenAt(station, register), ...shownFolded(fact)]),
    }));
    const made: Known = {
      fact,
      writes,
      holders: new Set(),
      pruned: new Set(),
      prunedOnce: new Set(),
      acknowledged: false,
      excused: false,
    };
    known.set(fact.id, made);
    return made;
  };
  const hold = (station: string, fact: Fact): void => {
    const one = learn(station, fact);
    one.holders.add(station);
    show(station, one);
  };
  const show = (station: string, { fact, writes }: Known): void => {
    if (!readsOf(station, fact)) return;
    for (const { register } of writes) seenAt(station, register).add(fact.id);
  };
  const drop = (node: string, one: Known): void => {
    if (!one.holders.delete(node)) return;
    // What was dropped as safe has to be.
    if (one.holders.size === 0 && one.pruned.size === 0) one.excused = true;
  };

  /** Whether a key that may have sealed it is left: on that disk, or with whoever else holds something under it. */
  const canOpen = (station: string, { fact }: Known, keeps: Kept): boolean => {
    const under = sealedUnder(fact, fact.id);
    if (under === null || keeps.key(under)) return true;
    for (const other of known.values())
      if (sealedUnder(other.fact, other.fact.id) === under)
        for (const holder of other.holders) if (holder !== station) return true;
    return false;
  };

  const forgo = (station: string, one: Known): void => {
    one.pruned.add(station);
    one.prunedOnce.add(station);
  };
  const pruned = (station: string, store: OpenStore): void => {
    const before = underWay.get(station);
    if (before === undefined) return;
    underWay.delete(station);
    const heads = new Map(store.heads().map(({ log, seq }) => [log, seq]));
    for (const one of known.values()) {
      if (!one.holders.has(station) || hlcParse(one.fact.hlc).ms >= before) continue;
      if (store.fact(one.fact.id)) continue;
      // A disk that went back lacks it otherwise. Of another site's log, which is held in pieces, there is no head that tells.
      if (one.fact.site === SITE && (heads.get(one.fact.log) ?? 0) < one.fact.seq) continue;
      one.holders.delete(station);
      forgo(station, one);
    }
  };

  return {
    changed: (station, change) => {
      // What a disk lost of a fact may have come back: its author reads it from now on.
      for (const fact of [...change.facts, ...change.opened]) {
        hold(station, fact);
        // What another site wrote, or the center itself, no station here had before the center.
        if (change.origin === 'center' && (fact.site !== SITE || fact.station === CENTER))
          known.get(fact.id)?.holders.add(CENTER);
      }
    },
    acknowledged: (facts) => {
      for (const id of facts) {
        const one = known.get(id);
        if (!one) throw new Error(`acknowledged ${id}, of which no store told`);
        one.acknowledged = true;
      }
    },
    committed: (facts) => {
      for (const fact of facts) {
        // What was erased is told by the center alone: that it did so, and how long somebody knows.
        const one = isErasure(fact) ? learn(CENTER, fact) : known.get(fact.id);
        one?.holders.add(CENTER);
      }
    },
    diskOf: (station, store, keeps) => {
      pruned(station, store);
      held.set(station, new Map());
      // One that is new has dropped nothing yet.
      if (store.heads().length === 0) for (const one of known.values()) one.pruned.delete(station);
      const heads = new Map(store.heads().map(({ log, seq }) => [log, seq]));
      const there = new Set<string>();
      for (const log of heads.keys())
        for (const { h } of store.framesFrom(log, 1, 1_000_000).frames) there.add(idOf(h));
      for (const one of known.values()) {
        const { id, log, seq } = one.fact;
        // The center's own log is not among those that are exchanged.
        const holds = there.has(id) || store.fact(id) !== null;
        // What lies on no damaged page is saved, and may wait for what comes before it. A body may have lost its key.
        const isBare = holds && keeps !== undefined && store.fact(id)?.content === undefined;
        if (holds && !isBare) hold(station, one.fact);
        else if (isBare || !keeps?.fact(id) || !canOpen(station, one, keeps)) drop(station, one);
        // What was dropped there as over is shown all the same, folded into what it was about.
        const dropped = !holds && one.prunedOnce.has(station) && (heads.get(log) ?? 0) >= seq;
        // Of another site's log there is no head that tells.
        if (dropped || (!holds && heads.size > 0 && one.prunedOnce.has(station) && one.fact.site !== SITE))
          one.pruned.add(station);
        if (dropped) show(station, one);
      }
      // What was written but never told of: its author's next life shows it.
      for (const id of there) {
        const fact = known.has(id) ? null : store.fact(id);
        if (fact) hold(station, fact);
      }
    },
    pruning: (station, before) => {
      underWay.set(station, before);
    },
    prunedAt: pruned,
    beganFrom: (station, store, folded) => {
      for (const one of known.values()) {
        const { about, id } = one.fact;
        if (about.length === 0 || !one.holders.has(CENTER) || !about.every((ref) => folded.has(ref))) continue;
        if (store.fact(id)) continue;
        forgo(station, one);
        show(station, one);
      }
    },
    centerHolds: (holds) => {
      // A backup may have what the one that was put back before it lacked.
      for (const one of known.values())
        if (holds(one.fact.id)) one.holders.add(CENTER);
        else drop(CENTER, one);
    },
    facts: () => known,
    clashes: (survived) => {
      const byRegister = new Map<string, Write[]>();
      const unsure = new Set<string>();
      for (const one of known.values())
        for (const write of one.writes) {
          const others = byRegister.get(write.register);
          if (!survived(one.fact.id)) unsure.add(write.register);
          else if (others) others.push(write);
          else byRegister.set(write.register, [write]);
        }
      const expected = new Set<string>();
      for (const [register, writes] of byRegister) {
        const gone = new Set(writes.flatMap((write) => [...write.shown]));
        if (new Set(writes.filter((write) => !gone.has(write.fact)).map((write) => write.value)).size > 1)
          expected.add(register);
      }
      return { expected, unsure };
    },
  };
}
