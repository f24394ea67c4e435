/** Whether whoever asked may have what they asked for, in the form requests are answered in. */
import type { ActionType } from '#domain/kernel/action.ts';
import { authorise, type Circumstances } from '#domain/kernel/authorise.ts';
import type { Asking } from './asking.ts';
import { type Decided, refusedBy } from './decisions.ts';

/** Null where they may. Rights are those of now: who lost them while the request waited is refused. */
export function objectionTo(
  circumstances: Circumstances,
  asking: Asking,
  action: ActionType,
  now: number,
): Decided | null {
  if (asking.person === null) {
    const reason = asking.ended ?? 'Nobody was signed in.';
    return refusedBy('signed-in@1', `${reason} Sign in again and repeat it.`, [action.name], ['sign in', 'withdraw']);
  }
  const decision = authorise(action, asking.person, circumstances, now, { site: asking.site });
  if (decision.verdict === 'ALLOW') return null;
  return { state: 'refused', decision: { ...decision, next: [...decision.next, 'withdraw'] }, result: null };
}
