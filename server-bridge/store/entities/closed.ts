/** When the store may let an entity out of memory, and later its facts off the disk. Says nothing about what is shown. */
import { sidesDiffer } from '../../../domain/cad/views/conflicts.ts';
import { lifeOf, mergedIntoOf } from '../../../domain/cad/views/reading.ts';
import type { Fact } from '../../../domain/kernel/fact.ts';
import { type Folded, inConflict, shownValue } from '../../../domain/kernel/fold.ts';
import { hlcParse } from '../../../domain/kernel/hlc.ts';
import { type EntityRef, kindOf } from '../../../domain/kernel/ids.ts';

/** What is known beside an entity's own state. */
export interface Beside {
  /** Undefined where nothing is held about it, or it was erased. */
  readonly entity: (ref: EntityRef) => Folded | undefined;
  readonly factsOf: (ref: EntityRef) => readonly Fact[];
}

/** An incident whose `life` is closed without dispute or that was merged for good, or an assignment that ended. */
function isClosed(state: Folded, beside: Beside): boolean {
  const kind = kindOf(state.ref);
  if (kind === 'assignment') return state.firsts.backInService !== undefined;
  if (kind !== 'incident' || inConflict(state, 'life')) return false;
  return shownValue(state, 'life') === 'closed' || isMergedForGood(state, beside);
}

/**
 * A duplicate of which nothing is left to be done: merged without dispute, and nothing was ever merged into it. Of incidents that
 * lead back to each other, which all go on being worked, each had another merged into it, and the fact of that is about it: so
 * however late the last of these comes, whoever it concerns is looked at again then, and is in nobody's list of what is over.
 */
function isMergedForGood(state: Folded, beside: Beside): boolean {
  if (mergedIntoOf(state) === null || inConflict(state, 'mergedInto')) return false;
  const hasDuplicate = beside.factsOf(state.ref).some(({ type, about, content }) => {
    const [duplicate, into] = about;
    if (type !== 'incident.merged' || into !== state.ref || duplicate === undefined) return false;
    return (
      (content as { readonly merged?: unknown } | undefined)?.merged !== false && beside.entity(duplicate) !== undefined
    );
  });
  return !hasDuplicate && lifeOf(state, beside) === 'merged';
}

/** When an entity that is over was last touched by any fact, ms UTC; null while it is open. */
export function closedSince(state: Folded, beside: Beside): number | null {
  return isClosed(state, beside) ? hlcParse(state.touched).ms : null;
}

/** Whether values stand beside each other in it that somebody has to settle: whoever does is shown who entered which, and where. */
export function isDisputed(state: Folded): boolean {
  return Object.keys(state.registers).some((register) => sidesDiffer(state, register));
}
