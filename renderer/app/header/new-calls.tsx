/** Says the new calls of others to whoever does not see the board: the sounds alone tell no more than a priority. */
import { type ReactNode, useEffect, useRef } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { urgencyOf } from '../../features/board/board-rows.ts';
import { useIncidents, useOfReach, useUnits } from '../connection/use-station.ts';
import { isThere, newCalls } from '../sounds/board-sounds.ts';
import { callsSaid } from './calls-said.ts';
import { useSaidTogether } from './said-together.ts';

/** Those that ring as priority 1 are said at once, the others when the reader has ended what it is at. */
export function NewCalls(): ReactNode {
  const urgent = useSaid((row) => urgencyOf(row) === '1');
  const others = useSaid((row) => urgencyOf(row) !== '1');
  return (
    <>
      <div role="alert" aria-label="Urgent new calls" className="sr-only-text">
        {urgent}
      </div>
      <div role="status" aria-label="New calls" className="sr-only-text">
        {others}
      </div>
    </>
  );
}

function useSaid(about: (row: IncidentRow) => boolean): string {
  const incidents = useIncidents();
  const there = isThere({ incidents, units: useUnits() });
  const station = useOfReach('station');
  const before = useRef<typeof incidents | null>(null);
  const { said, add } = useSaidTogether((ids) => {
    // One that was sent, held or closed meanwhile is news no more.
    const calls = ids.flatMap((id) => incidents[id] ?? []);
    return callsSaid(calls.filter(({ state }) => state === 'pending'));
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it is about never changes
  useEffect(() => {
    if (!there || station === null) return;
    const fresh = newCalls(before.current, incidents, station).filter(about);
    before.current = incidents;
    add(fresh.map(({ id }) => id));
  }, [incidents, there, station]);
  return said;
}
