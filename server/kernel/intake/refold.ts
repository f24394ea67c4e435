/** Folding what was appended, and what another build could not read all of: each entity written once. */

import type { Fact } from '#domain/kernel/fact.ts';
import {
  type Effect,
  emptyFold,
  FACT_CONTESTED,
  FACT_SETTLED,
  type Folded,
  foldAll,
  foldOnto,
} from '#domain/kernel/fold.ts';
import type { EntityRef, FactId } from '#domain/kernel/ids.ts';
import { isErasure } from '#domain/kernel/kernel.ts';
import type { CenterLog, IntakeTransaction } from './port.ts';

/** Folded again in one step: others wait for it. */
const AT_ONCE = 25;

/** Folds facts that were just appended onto their entities, and `again` from all their facts. */
export async function foldAppended(
  tx: IntakeTransaction,
  facts: readonly Fact[],
  before: ReadonlyMap<EntityRef, Folded | null>,
  heldBefore: ReadonlySet<string>,
  again: readonly EntityRef[],
): Promise<void> {
  const seen = new Set<string>();
  const isSeen = (id: string): boolean => heldBefore.has(id) || seen.has(id);
  // A fact about three entities is read once.
  const effects = new Map<Fact, readonly Effect[] | null>();
  const effectsOnce = (fact: Fact): readonly Effect[] | null => {
    const known = effects.get(fact);
    if (known !== undefined) return known;
    const read = tx.effectsOf(fact);
    effects.set(fact, read);
    return read;
  };
  const whole = new Set<EntityRef>(again);
  const states = new Map<EntityRef, Folded>();
  const words = contestedAmong(facts);
  // Folded with the fact that it contests.
  const said = new Set<string>();
  // Fact by fact, not entity by entity: `seen` has to mean folded before this one, for whichever entity.
  for (const fact of facts) {
    for (const ref of new Set(fact.about)) {
      if (whole.has(ref) || said.has(`${ref} ${fact.id}`)) continue;
      const held = states.get(ref) ?? before.get(ref);
      const word = words.get(fact.id);
      const contests = word?.about.includes(ref) ? word : undefined;
      const next = held === null ? null : foldOnto(held ?? emptyFold(ref), fact, effectsOnce, isSeen, contests);
      if (next) states.set(ref, next);
      else whole.add(ref);
      if (next && contests) said.add(`${ref} ${contests.id}`);
    }
    seen.add(fact.id);
  }
  for (const ref of whole) states.set(ref, await foldedWhole(tx, ref, states.get(ref) ?? before.get(ref)));
  if (states.size > 0) await tx.putFolded([...states.values()]);
}

/** By the fact that it is about: the center's word that it is contested, where that is all that is said of it among these. */
function contestedAmong(facts: readonly Fact[]): ReadonlyMap<FactId, Fact> {
  const words = new Map<FactId, Fact[]>();
  for (const fact of facts) {
    if (fact.type !== FACT_CONTESTED && fact.type !== FACT_SETTLED) continue;
    const { fact: of } = (fact.content ?? {}) as { readonly fact?: FactId };
    if (of !== undefined) words.set(of, [...(words.get(of) ?? []), fact]);
  }
  return new Map(
    [...words].flatMap(([of, [word, ...others]]) =>
      word?.type === FACT_CONTESTED && word.station === 'center' && others.length === 0 ? [[of, word] as const] : [],
    ),
  );
}

/** What was erased stays as it is held: of its facts nothing is left to fold. */
async function foldedWhole(tx: IntakeTransaction, ref: EntityRef, held?: Folded | null): Promise<Folded> {
  const facts = await tx.factsAbout(ref);
  return held && facts.some(isErasure) ? held : foldAll(ref, facts, tx.effectsOf);
}

/** Folds these again from all their facts. */
export async function foldAgain(tx: IntakeTransaction, refs: readonly EntityRef[]): Promise<void> {
  if (refs.length === 0) return;
  const held = await tx.folded(refs);
  const states: Folded[] = [];
  for (const ref of refs) states.push(await foldedWhole(tx, ref, held.get(ref)));
  await tx.putFolded(states);
}

/**
 * Folds again what may lack something that the build which folded it could not read, some at a time until nothing is left or
 * `stopped` says so. Rows, and what is derived from them, follow. How many were folded.
 */
export async function foldUnread(log: CenterLog, org: string, stopped: () => boolean): Promise<number> {
  let folded = 0;
  for (;;) {
    const refs = stopped() ? [] : await log.foldedByOthers(org, AT_ONCE);
    if (refs.length === 0) return folded;
    await log.intake(org, async (tx) => {
      const states = await tx.folded(refs);
      const known = refs.flatMap((ref) => {
        const state = states.get(ref);
        return state === undefined ? [] : [{ ref, state }];
      });
      await tx.putFolded(await Promise.all(known.map(({ ref, state }) => state ?? foldedWhole(tx, ref))));
    });
    folded += refs.length;
  }
}
