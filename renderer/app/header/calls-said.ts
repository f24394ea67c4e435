/** New calls in words, for whoever does not see the board: which, what, where. Pure. */
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { urgencyOf } from '../../features/board/board-rows.ts';

/** Of more at once it is said how many others there are: a list that is read out for a minute helps nobody. */
const MOST = 3;

const said = ({ number, priority, nature, location }: IncidentRow): string =>
  [
    `New call ${number}`,
    priority === null ? 'no priority' : `priority ${priority}`,
    nature?.text ?? '',
    location?.text ?? '',
    location?.detail ?? '',
  ]
    .filter((part) => part !== '')
    .join(', ');

/** The most urgent first, of those the one that has waited longest; empty where there is none. */
export function callsSaid(calls: readonly IncidentRow[]): string {
  const inOrder = calls.toSorted(
    (a, b) => urgencyOf(a).localeCompare(urgencyOf(b)) || (a.readyAt ?? 0) - (b.readyAt ?? 0),
  );
  const more = inOrder.length - MOST;
  const rest = more > 0 ? [`${more} more new ${more === 1 ? 'call' : 'calls'}`] : [];
  return [...inOrder.slice(0, MOST).map(said), ...rest].map((sentence) => `${sentence}.`).join(' ');
}
