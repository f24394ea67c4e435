/** Folded states within one step on a log in memory, and by which rules they were folded. */
import type { Folded } from '#domain/kernel/fold.ts';
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { IntakeTransaction } from '../port.ts';
import type { Reading } from '../reading.ts';
import { type MemoryChanges, present } from './memory-changes.ts';
import { type OrgState, wasErased } from './memory-state.ts';

export function memoryFolded(
  state: OrgState,
  { put }: MemoryChanges,
  reading: Reading,
): Pick<IntakeTransaction, 'folded' | 'putFolded'> {
  const losesBodies = (ref: EntityRef): boolean =>
    (state.about.get(ref) ?? []).some((id) => state.destroyed.has(state.facts.get(id)?.frame.k ?? ''));
  const foldedOf = (ref: EntityRef): Folded | null | undefined => {
    const folded = state.entities.get(ref);
    const isOfThese =
      !folded || state.marks.get(ref) === reading.markOf(folded) || wasErased(state, ref) || losesBodies(ref);
    return isOfThese ? folded : null;
  };
  return {
    folded: async (refs) => present(refs, foldedOf),
    putFolded: async (states) => {
      for (const folded of states) {
        put(state.entities, folded.ref, folded);
        put(state.marks, folded.ref, reading.markOf(folded));
      }
    },
  };
}
