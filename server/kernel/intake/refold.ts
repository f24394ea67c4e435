/** Folding what was appended: many facts for each entity in memory, each entity written once. */
import type { Fact } from '#domain/kernel/fact.ts';
import { emptyFold, type Folded, foldAll, foldOnto } from '#domain/kernel/fold.ts';
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
  const about = new Map<EntityRef, Fact[]>();
  for (const fact of facts) {
    for (const ref of new Set(fact.about)) {
      const list = about.get(ref);
      if (list) list.push(fact);
      else about.set(ref, [fact]);
    }
  }
  const seen = new Set<string>();
  const isSeen = (id: string): boolean => heldBefore.has(id) || seen.has(id);
  const whole = new Set<EntityRef>(again);
  const states = new Map<EntityRef, Folded>();
  // Fact by fact, not entity by entity: `seen` has to mean folded before this one, for whichever entity.
  for (const fact of facts) {
    for (const ref of new Set(fact.about)) {
      if (whole.has(ref)) continue;
      const held = states.get(ref) ?? before.get(ref);
      const next = held === null ? null : foldOnto(held ?? emptyFold(ref), fact, effectsOf, isSeen);
      if (next) states.set(ref, next);
      else whole.add(ref);
    }
    seen.add(fact.id);
  }
  for (const ref of whole) states.set(ref, foldAll(ref, await tx.factsAbout(ref), effectsOf));
  if (states.size > 0) await tx.putFolded([...states.values()]);
}
