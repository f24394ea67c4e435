/**
 * Folding: the state of an entity from the facts about it. Pure, total, the same on every console and at the center.
 *
 * Invariants, each held by a property test:
 *  1. Any order, any grouping, any repetition of the same facts folds to the same settled state.
 *  2. A claim stands until a fact that counts, sets the same register and names it in `replaces` has been folded.
 *  3. A register is in conflict exactly when claims with different values stand. Equal values never are.
 *  4. A contested fact's claim stands beside the others, and what it replaces does not count, until a supervisor settles it.
 *  5. A fact that counts and that this build cannot read marks the entity partly shown and changes nothing else.
 */
import type { Fact } from './fact.ts';
import type { Hlc } from './hlc.ts';
import type { EntityRef, FactId } from './ids.ts';
import { canonicalJson, type Json } from './json.ts';

/** What one fact does to one entity. */
export type Effect =
  | { readonly on: EntityRef; readonly set: string; readonly value: Json }
  /** Appends to a list that only grows (notes). */
  | { readonly on: EntityRef; readonly add: string; readonly value: Json }
  /** A moment of which the earliest counts (when a unit first was on scene). */
  | { readonly on: EntityRef; readonly first: string; readonly at: number };

/** The effects of a fact, or null where this build does not know its type or version. */
export type EffectsOf = (fact: Fact) => readonly Effect[] | null;

export interface Claim {
  readonly fact: FactId;
  readonly value: Json;
  readonly at: number;
  readonly hlc: Hlc;
  readonly by: string | null;
  readonly station: string;
  readonly contested?: true;
}

export interface Item {
  readonly fact: FactId;
  readonly value: Json;
  readonly at: number;
  readonly hlc: Hlc;
  readonly by: string | null;
  readonly station: string;
  readonly contested?: true;
}

export interface First {
  readonly at: number;
  readonly fact: FactId;
  readonly by: string | null;
}

export interface Folded {
  readonly ref: EntityRef;
  readonly registers: { readonly [register: string]: readonly Claim[] };
  readonly lists: { readonly [list: string]: readonly Item[] };
  readonly firsts: { readonly [name: string]: First };
  /** Facts named in `replaces`, by register, that had not been seen when they were: bookkeeping, not state. */
  readonly replacedUnseen: readonly string[];
  /** Contested facts about this entity that nobody has settled. */
  readonly contested: readonly { readonly fact: FactId; readonly reason: string }[];
  /** True once any verdict (contested, settled) is among its facts. */
  readonly judged: boolean;
  /**
   * Of what is judged, the facts that a verdict speaks of and that had not come when it did: such a one folds it whole, any other is
   * folded onto it. Bookkeeping, not state. Absent where nothing is judged, and where an earlier build folded it: any may be meant.
   */
  readonly judgedUnseen?: readonly FactId[];
  readonly partly: boolean;
  /** Readings of its earliest and latest fact. */
  readonly opened: Hlc;
  readonly touched: Hlc;
  readonly count: number;
}

/** Facts of the kernel itself that speak about other facts. Emitted by the center, and by supervisors. */
export const FACT_CONTESTED = 'fact.contested';
export const FACT_SETTLED = 'fact.settled';

/**
 * Why a fact about what is another site's is contested (docs/adr/0023). Said at both sites, so it names neither. Sorts before every
 * other reason: of several, the first is shown.
 */
export const OF_ANOTHER_SITE = 'An entry of a site that this was not shared with: confirming it shares it.';

export function emptyFold(ref: EntityRef): Folded {
  return {
    ref,
    registers: {},
    lists: {},
    firsts: {},
    replacedUnseen: [],
    contested: [],
    judged: false,
    partly: false,
    opened: '',
    touched: '',
    count: 0,
  };
}

type Standing = 'counts' | 'contested' | 'aside';

interface Draft {
  registers: Record<string, Claim[]>;
  lists: Record<string, Item[]>;
  firsts: Record<string, First>;
  unseen: Set<string>;
  partly: boolean;
  opened: Hlc;
  touched: Hlc;
  count: number;
}

function byReading(a: { hlc: Hlc; fact: FactId }, b: { hlc: Hlc; fact: FactId }): number {
  return a.hlc < b.hlc ? -1 : a.hlc > b.hlc ? 1 : a.fact < b.fact ? -1 : a.fact > b.fact ? 1 : 0;
}

function insert<T extends { hlc: Hlc; fact: FactId }>(into: readonly T[], item: T): T[] {
  const out = into.slice();
  let i = out.length;
  while (i > 0 && byReading(out[i - 1] as T, item) > 0) i--;
  out.splice(i, 0, item);
  return out;
}

function applyTo(
  draft: Draft,
  ref: EntityRef,
  fact: Fact,
  standing: Standing,
  effectsOf: EffectsOf,
  seen: (id: FactId) => boolean,
): void {
  draft.count++;
  if (draft.opened === '' || fact.hlc < draft.opened) draft.opened = fact.hlc;
  if (fact.hlc > draft.touched) draft.touched = fact.hlc;
  if (fact.type === FACT_CONTESTED || fact.type === FACT_SETTLED) return;
  const effects = fact.content === undefined ? null : effectsOf(fact);
  if (effects === null) {
    // What does not count leaves nothing out, whatever it says: anybody could make any entity look torn by it.
    if (standing === 'counts') draft.partly = true;
    return;
  }
  if (standing === 'aside') return;
  const from = { fact: fact.id, at: fact.at, hlc: fact.hlc, by: fact.by, station: fact.station };
  const mark = standing === 'contested' ? ({ contested: true } as const) : {};
  for (const effect of effects) {
    if (effect.on !== ref) continue;
    if ('set' in effect) {
      const register = effect.set;
      let claims = draft.registers[register] ?? [];
      if (standing === 'counts') {
        for (const gone of fact.replaces) {
          const kept = claims.filter((claim) => claim.fact !== gone);
          if (kept.length === claims.length && !seen(gone)) draft.unseen.add(`${register} ${gone}`);
          claims = kept;
        }
      }
      if (!draft.unseen.has(`${register} ${fact.id}`)) {
        claims = insert(claims, { ...from, value: effect.value, ...mark });
      }
      draft.registers[register] = claims;
    } else if ('add' in effect) {
      draft.lists[effect.add] = insert(draft.lists[effect.add] ?? [], { ...from, value: effect.value, ...mark });
    } else if (standing === 'counts') {
      const held = draft.firsts[effect.first];
      if (!held || effect.at < held.at || (effect.at === held.at && fact.id < held.fact)) {
        draft.firsts[effect.first] = { at: effect.at, fact: fact.id, by: fact.by };
      }
    }
  }
  // It has come, and comes only once: what named it before is remembered no longer, for a unit goes on for years.
  for (const named of draft.unseen) if (named.endsWith(` ${fact.id}`)) draft.unseen.delete(named);
}

function draftOf(state: Folded): Draft {
  return {
    registers: { ...state.registers } as Record<string, Claim[]>,
    lists: { ...state.lists } as Record<string, Item[]>,
    firsts: { ...state.firsts },
    unseen: new Set(state.replacedUnseen),
    partly: state.partly,
    opened: state.opened,
    touched: state.touched,
    count: state.count,
  };
}

type Judgement = Pick<Folded, 'contested' | 'judged' | 'judgedUnseen'>;

function finish(ref: EntityRef, draft: Draft, { contested, judged, judgedUnseen }: Judgement): Folded {
  return {
    ref,
    registers: draft.registers,
    lists: draft.lists,
    firsts: draft.firsts,
    replacedUnseen: [...draft.unseen].sort(),
    contested,
    judged,
    ...(judgedUnseen && { judgedUnseen }),
    partly: draft.partly,
    opened: draft.opened,
    touched: draft.touched,
    count: draft.count,
  };
}

function isVerdict(fact: Fact): boolean {
  return fact.type === FACT_CONTESTED || fact.type === FACT_SETTLED;
}

interface Verdicts {
  readonly standing: (id: FactId) => Standing;
  readonly open: Folded['contested'];
}

function field(content: Json | undefined, name: string): string {
  const value = (content as { readonly [key: string]: Json } | null | undefined)?.[name];
  return typeof value === 'string' ? value : '';
}

/** What settlements say: of each fact the one verdict, where they do not differ. */
function saidBy(settlements: readonly Fact[]): (id: FactId) => string | null {
  const replaced = new Set(settlements.flatMap((fact) => fact.replaces));
  const bySupervisors = new Map<FactId, Set<string>>();
  const byCenter = new Map<FactId, Set<string>>();
  for (const fact of settlements) {
    if (replaced.has(fact.id)) continue;
    const verdicts = fact.station === 'center' ? byCenter : bySupervisors;
    const of = field(fact.content, 'fact');
    const said = verdicts.get(of) ?? new Set<string>();
    said.add(field(fact.content, 'verdict'));
    verdicts.set(of, said);
  }
  return (id) => {
    const said = bySupervisors.get(id) ?? byCenter.get(id);
    return said && said.size === 1 ? ([...said][0] ?? null) : null;
  };
}

/**
 * Who is contested and what was said of it. Two different settlements that never saw each other settle nothing, but the
 * center's own, of a sign-in that it has come to know, only counts where no supervisor has spoken: docs/adr/0006. A
 * settlement that is contested itself counts once others that count confirm it: each round of those lets more count.
 */
function verdictsOf(facts: readonly Fact[]): Verdicts {
  const contested = new Map<FactId, string>();
  for (const fact of facts) {
    if (fact.type === FACT_CONTESTED && fact.station === 'center') {
      const of = field(fact.content, 'fact');
      const reason = field(fact.content, 'reason');
      const held = contested.get(of);
      if (of && (held === undefined || reason < held)) contested.set(of, reason);
    }
  }
  const settlements = facts.filter((fact) => fact.type === FACT_SETTLED);
  let counting = settlements.filter((fact) => !contested.has(fact.id));
  let settled = saidBy(counting);
  for (;;) {
    const counted = new Set(counting.map((fact) => fact.id));
    const more = settlements.filter((fact) => !counted.has(fact.id) && settled(fact.id) === 'confirmed');
    if (more.length === 0) break;
    counting = [...counting, ...more];
    settled = saidBy(counting);
  }
  return {
    standing: (id) => {
      if (!contested.has(id)) return 'counts';
      const verdict = settled(id);
      return verdict === 'confirmed' ? 'counts' : verdict === 'set aside' ? 'aside' : 'contested';
    },
    open: [...contested]
      .filter(([id]) => settled(id) === null)
      .map(([fact, reason]) => ({ fact, reason }))
      .sort((a, b) => (a.fact < b.fact ? -1 : 1)),
  };
}

/**
 * Folds all facts about one entity. Facts may come in any order; one that comes twice counts once. `base` is the state
 * that facts no longer held were folded into: none of them is among `facts`, nor any verdict about one of them.
 */
export function foldAll(ref: EntityRef, facts: Iterable<Fact>, effectsOf: EffectsOf, base?: Folded): Folded {
  const once = [...new Map([...facts].map((fact) => [fact.id, fact])).values()];
  const judged = once.some(isVerdict);
  const verdicts = judged ? verdictsOf(once) : null;
  const draft = draftOf(base ?? emptyFold(ref));
  const folded = new Set<FactId>();
  for (const fact of once) {
    applyTo(draft, ref, fact, verdicts?.standing(fact.id) ?? 'counts', effectsOf, (id) => folded.has(id));
    folded.add(fact.id);
  }
  const open = [...(base?.contested ?? []), ...(verdicts?.open ?? [])];
  return finish(ref, draft, {
    contested: base ? sortedOnce(open) : open,
    judged: judged || base?.judged === true,
    ...judgedUnseen(once, folded, base),
  });
}

function judgedUnseen(
  facts: readonly Fact[],
  folded: ReadonlySet<FactId>,
  base?: Folded,
): Pick<Folded, 'judgedUnseen'> {
  const spokenOf = facts.filter(isVerdict).map((fact) => field(fact.content, 'fact'));
  if (spokenOf.length === 0 && !base?.judged) return {};
  const before = base?.judged ? base.judgedUnseen : [];
  if (!before) return {};
  return { judgedUnseen: [...new Set([...before, ...spokenOf])].filter((id) => !folded.has(id)).sort() };
}

function sortedOnce(contested: Folded['contested']): Folded['contested'] {
  const byFact = new Map(contested.map((one) => [one.fact, one]));
  return [...byFact.values()].sort((a, b) => (a.fact < b.fact ? -1 : 1));
}

/** A verdict about this fact, which has not been folded yet, may be among the facts that were. */
export function mayBeJudged(state: Folded, id: FactId): boolean {
  return state.judged && (state.judgedUnseen?.includes(id) ?? true);
}

/**
 * Folds one more fact, that was not folded before, onto a state; null where the state has to be folded whole again: the fact is a
 * verdict, or one was there before what it speaks of. `seen` tells whether a fact is already folded into this state; saying false when unsure
 * is safe and costs a little memory, saying true of one that is still to come would bring a replaced value back. `word` is the center's that
 * the fact is contested, where no other verdict about it came with them, and is folded with it.
 */
export function foldOnto(
  state: Folded,
  fact: Fact,
  effectsOf: EffectsOf,
  seen: (id: FactId) => boolean = () => false,
  word?: Fact,
): Folded | null {
  if (isVerdict(fact) || mayBeJudged(state, fact.id)) return null;
  const draft = draftOf(state);
  applyTo(draft, state.ref, fact, word ? 'contested' : 'counts', effectsOf, seen);
  if (!word) return finish(state.ref, draft, state);
  applyTo(draft, state.ref, word, 'counts', effectsOf, seen);
  const contested = { fact: fact.id, reason: field(word.content, 'reason') };
  return finish(state.ref, draft, {
    contested: sortedOnce([...state.contested, contested]),
    judged: true,
    judgedUnseen: state.judgedUnseen ?? [],
  });
}

/** What two folds of the same facts agree on, without the bookkeeping that depends on the order they came in. */
export function settledState(state: Folded): Json {
  return JSON.parse(settledText(state)) as Json;
}

/** The same as text: equal for what is equal. */
export function settledText(state: Folded): string {
  const { replacedUnseen: _, judgedUnseen: __, ...rest } = state;
  return canonicalJson(rest as unknown as Json);
}

/** One side of a register: a value and everyone who claims it. */
export interface Side {
  readonly value: Json;
  readonly claims: readonly Claim[];
}

/** The distinct values that stand in a register, earliest first. More than one: a conflict (or a contested value). */
export function sidesOf(state: Folded | undefined, register: string): readonly Side[] {
  const claims = state?.registers[register];
  if (!claims || claims.length === 0) return [];
  if (claims.length === 1) return [{ value: (claims[0] as Claim).value, claims }];
  const sides = new Map<string, Claim[]>();
  for (const claim of claims) {
    const text = canonicalJson(claim.value);
    sides.set(text, [...(sides.get(text) ?? []), claim]);
  }
  return [...sides.values()].map((claimsOf) => ({ value: (claimsOf[0] as Claim).value, claims: claimsOf }));
}

/** The value to show: of several, the earliest uncontested one, so that all consoles show the same while it is open. */
export function shownValue(state: Folded | undefined, register: string): Json | undefined {
  const sides = sidesOf(state, register);
  const uncontested = sides.find((side) => side.claims.some((claim) => !claim.contested));
  return (uncontested ?? sides[0])?.value;
}

/** True where values that differ stand and more than one of them is uncontested. */
export function inConflict(state: Folded | undefined, register: string): boolean {
  const sides = sidesOf(state, register);
  return sides.filter((side) => side.claims.some((claim) => !claim.contested)).length > 1;
}

/** Ids of the facts that stand in these registers: what an author who was shown them lists in `replaces`. */
export function shown(state: Folded | undefined, ...registers: string[]): FactId[] {
  if (!state) return [];
  return registers.flatMap((register) => (state.registers[register] ?? []).map((claim) => claim.fact));
}
