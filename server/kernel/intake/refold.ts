/** Folding what was appended: many facts for each entity in memory, each entity written once. */
import type { Fact } from '#domain/kernel/fact.ts';
import { type Effect, emptyFold, type Folded, foldAll, foldOnto } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import { effectsOf } from '#domain/modules.ts';
import type { IntakeTransaction } from './port.ts';

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
    const read = effectsOf(fact);
    effects.set(fact, read);
    return read;
  };
  const whole = new Set<EntityRef>(again);
  const states = new Map<EntityRef, Folded>();
  // Fact by fact, not entity by entity: `seen` has to mean folded before this one, for whichever entity.
  for (const fact of facts) {
    for (const ref of new Set(fact.about)) {
      if (whole.has(ref)) continue;
      const held = states.get(ref) ?? before.get(ref);
      const next = held === null ? null : foldOnto(held ?? emptyFold(ref), fact, effectsOnce, isSeen);
      if (next) states.set(ref, next);
      else whole.add(ref);
    }
    seen.add(fact.id);
  }
  for (const ref of whole) states.set(ref, foldAll(ref, await tx.factsAbout(ref), effectsOf));
  if (states.size > 0) await tx.putFolded([...states.values()]);
}
