/** What is said before a locked console of calls that ring until they are seen. Pure. */
import type { IncidentRow } from '#domain/bridge/topics.ts';

/** How many wait and how urgent they are, and nothing else of any of them; empty where there is none. */
export function urgentSaid(calls: readonly Pick<IncidentRow, 'priority'>[]): string {
  if (calls.length === 0) return '';
  const unrated = calls.filter(({ priority }) => priority === null).length;
  const of = unrated === 0 ? 'priority 1' : unrated < calls.length ? 'priority 1 or none yet' : 'no priority yet';
  return calls.length === 1 ? `A call of ${of} waits.` : `${calls.length} calls of ${of} wait.`;
}
