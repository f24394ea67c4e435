/** Every call of the bridge that makes facts, by name. */
import type { Json } from '../../kernel/json.ts';
import { done, refused } from '../../kernel/refusal.ts';
import { FACT_TYPES } from '../../modules.ts';
import { olderBuildsGate } from '../gates/older-builds.ts';
import type { World } from '../views/world.ts';
import { type Decide, type Decided, heldBack, type Means } from './deed.ts';
import { decideEmergency } from './emergency.ts';
import { decideClose, decideMerge } from './ending.ts';
import { decideEdit, decideHold, decideLink, decideNote, decideOpen, decideReopen } from './incident.ts';
import type { ActionInput, ActionName } from './inputs.ts';
import { decidePatients } from './patients.ts';
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
  'unit.patients': decidePatients,
  'unit.next': decideNext,
  'unit.cancel': decideCancel,
  'unit.move': decideMove,
  'unit.swap': decideSwap,
  'unit.emergency': decideEmergency,
  'time.record': decideRecord,
  'time.amend': decideAmend,
  'conflict.settle': decideSettle,
  'contested.settle': decideContested,
};

/** No console ever signs a fact that it could not read itself. */
function reads(type: string, v: number, body: Json): boolean {
  return FACT_TYPES.get(`${type}@${v}`)?.body.safeParse(body).success === true;
}

/**
 * Decides one action on what the world shows. `input` has passed the door (CALLS). Pure: the drafts still have to be
 * appended; until they are, nothing happened. One fact that an older build at the site holds back holds back all of them.
 */
export function decideAction<N extends ActionName>(
  name: N,
  input: ActionInput<N>,
  world: World,
  means: Means,
): Decided {
  const decided = (ACTIONS[name] as Decide<ActionInput<N>>)(input, world, means);
  if (!decided.ok) return decided;
  const { drafts } = decided.value;
  const unreadable = drafts.find(({ type, v, body }) => !reads(type, v, body));
  if (unreadable)
    return refused('fact.invalid', `This cannot be recorded (${unreadable.type}): one of its values is out of bounds.`);
  const gate = olderBuildsGate(drafts, world);
  if (gate.verdict === 'BLOCK') return heldBack(gate);
  return gate.verdict === 'ALLOW' ? decided : done({ ...decided.value, warned: gate });
}
