/** When the store may let an entity out of memory, and later its facts off the disk. Says nothing about what is shown. */
import { type Folded, inConflict, shownValue } from '../../../domain/kernel/fold.ts';
import { hlcParse } from '../../../domain/kernel/hlc.ts';
import { kindOf } from '../../../domain/kernel/ids.ts';

/** Kinds that come to an end; units and anything else go on for ever. */
export const CLOSING_KINDS = ['incident', 'assignment'] as const;

export function closes(kind: string): boolean {
  return CLOSING_KINDS.some((one) => one === kind);
}

/** An incident whose `life` is closed without dispute, or an assignment that ended. */
function isClosed(state: Folded): boolean {
  const kind = kindOf(state.ref);
  if (kind === 'incident') return shownValue(state, 'life') === 'closed' && !inConflict(state, 'life');
  return kind === 'assignment' && state.firsts.backInService !== undefined;
}

/** When a closed entity was last touched by any fact, ms UTC; null while it is open. */
export function closedSince(state: Folded): number | null {
  return isClosed(state) ? hlcParse(state.touched).ms : null;
}

/** Whether values stand beside each other in it that somebody has to settle: whoever does is shown who entered which, and where. */
export function isDisputed(state: Folded): boolean {
  return Object.keys(state.registers).some((register) => inConflict(state, register));
}
