/** Every call of the bridge that makes facts, by name. */
import type { World } from '../views/world.ts';
import type { Decide, Decided, Means } from './deed.ts';
import { decideClose, decideMerge } from './ending.ts';
import { decideEdit, decideHold, decideLink, decideNote, decideOpen, decideReopen } from './incident.ts';
import type { ActionInput, ActionName } from './inputs.ts';
import { decideContested, decideSettle } from './settle.ts';
import { decideStatus } from './status.ts';
import { decideAmend, decideRecord } from './time.ts';
import { decideCancel, decideDispatch, decideMove, decideNext, decideSwap } from './unit.ts';

const ACTIONS: { readonly [N in ActionName]: Decide<ActionInput<N>> } = {
  'incident.open': decideOpen,
  'incident.edit': decideEdit,
  'incident.note': decideNote,
  'incident.hold': decideHold,
  'incident.close': decideClose,
  'incident.reopen': decideReopen,
  'incident.link': decideLink,
  'incident.merge': decideMerge,
  'unit.dispatch': decideDispatch,
  'unit.status': decideStatus,
  'unit.next': decideNext,
  'unit.cancel': decideCancel,
  'unit.move': decideMove,
  'unit.swap': decideSwap,
  'time.record': decideRecord,
  'time.amend': decideAmend,
  'conflict.settle': decideSettle,
  'contested.settle': decideContested,
};

/**
 * Decides one action on what the world shows. `input` has passed the door (CALLS). Pure: the drafts still have to be
 * appended; until they are, nothing happened.
 */
export function decideAction<N extends ActionName>(
  name: N,
  input: ActionInput<N>,
  world: World,
  means: Means,
): Decided {
  return (ACTIONS[name] as Decide<ActionInput<N>>)(input, world, means);
}
