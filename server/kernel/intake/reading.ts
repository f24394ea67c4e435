/** What a build makes of facts: which types it reads, what they do, and how states that it folded are told from others. */
import type { EffectsOf, Folded } from '#domain/kernel/fold.ts';
import { effectsOf, READS } from '#domain/modules.ts';
import { foldMarks } from '#sealing/fold-mark.ts';

/** Raise it when folding changes: states of an earlier version are folded whole again when next needed. */
const FOLD_VERSION = 4;

export interface Reading {
  readonly effectsOf: EffectsOf;
  readonly markOf: (state: Pick<Folded, 'partly' | 'judged'>) => number;
  /** The mark of what may lack something that could not be read. */
  readonly mark: number;
}

/** `reads`: `type@v`, where they are not those of this build. */
export function readingOf(reads: readonly string[] = READS): Reading {
  const markOf = foldMarks(FOLD_VERSION, reads);
  const read = new Set(reads);
  return {
    effectsOf: reads === READS ? effectsOf : (fact) => (read.has(`${fact.type}@${fact.v}`) ? effectsOf(fact) : null),
    markOf,
    mark: markOf({ partly: true, judged: false }),
  };
}
