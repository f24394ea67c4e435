/** Whether a chart can become somebody's. Pure: the door asks it, and the screen before it offers to. */
import type { ChartShell } from '../cad/handoff.ts';
import { type Refusal, refused } from '../kernel/refusal.ts';

/** `claim`: only while it is nobody's. */
export type AuthorChangeKind = 'claim' | 'assignment';

/** Why a chart stays whose it is, whoever asks; null where it need not. `chart.signed`, `chart.claimed`. */
export function objectionTo(chart: Pick<ChartShell, 'state' | 'author'>, as: AuthorChangeKind): Refusal | null {
  if (chart.state === 'signed') {
    return refused('chart.signed', 'This chart is signed; it stays with whoever signed it.', 'chart').refusal;
  }
  if (as === 'claim' && chart.author !== null) {
    const ask = 'ask whoever leads the crew to give it to you';
    return refused('chart.claimed', `Somebody else has claimed this chart; ${ask}.`, 'chart').refusal;
  }
  return null;
}
