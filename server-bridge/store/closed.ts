/** When the store may let an entity out of memory, and later its facts off the disk. Says nothing about what is shown. */
import { type Folded, inConflict, shownValue } from '../../domain/kernel/fold.ts';
import { hlcParse } from '../../domain/kernel/hlc.ts';
import { kindOf } from '../../domain/kernel/ids.ts';

/** An incident whose `life` is closed without dispute, an assignment that ended; units and anything else never close. */
export function isClosed(state: Folded): boolean {
  const kind = kindOf(state.ref);
  if (kind === 'incident') return shownValue(state, 'life') === 'closed' && !inConflict(state, 'life');
  return kind === 'assignment' && state.firsts.backInService !== undefined;
}

/** When a closed entity was last touched by any fact, ms UTC; null while it is open. */
export function closedSince(state: Folded): number | null {
  return isClosed(state) ? hlcParse(state.touched).ms : null;
}
