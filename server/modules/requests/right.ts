/** Whether whoever asked may have what they asked for, in the form requests are answered in. */
import type { ActionType } from '#domain/kernel/action.ts';
import { authorise } from '#domain/kernel/authorise.ts';
import type { CenterContext } from '../../kernel/part.ts';
import type { Asking } from './asking.ts';
import { type Decided, refusedBy } from './decisions.ts';

/** Null where they may. Rights are those of now: who lost them while the request waited is refused. */
export async function objectionTo(
  { clock, circumstancesOf }: Pick<CenterContext, 'clock' | 'circumstancesOf'>,
  asking: Asking,
  action: ActionType,
): Promise<Decided | null> {
  if (asking.person === null) {
    const reason = asking.ended ?? 'Nobody was signed in.';
    return refusedBy('signed-in@1', `${reason} Sign in again and repeat it.`, [action.name], ['sign in', 'withdraw']);
  }
  const about = { site: asking.site };
  const decision = authorise(action, asking.person, await circumstancesOf(asking.org), clock(), about);
  if (decision.verdict === 'ALLOW') return null;
  return { state: 'refused', decision: { ...decision, next: [...decision.next, 'withdraw'] }, result: null };
}
