/** Says the new calls of others to whoever does not see the board: the sounds alone tell no more than a priority. */
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { urgencyOf } from '../../features/board/board-rows.ts';
import { useIncidents, useOfReach, useUnits } from '../connection/use-station.ts';
import { isThere, newCalls } from '../sounds/board-sounds.ts';
import { callsSaid } from './calls-said.ts';

/** What comes together is said together; and one sentence is heard out before the next. ms */
const TOGETHER_MS = 300;
const HEARD_MS = 4_000;

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
  const latest = useRef(incidents);
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const lastSaid = useRef(Number.NEGATIVE_INFINITY);
  const [said, setSaid] = useState('');

  // biome-ignore lint/correctness/useExhaustiveDependencies: what it is about never changes
  useEffect(() => {
    latest.current = incidents;
    if (!there || station === null) return;
    const fresh = newCalls(before.current, incidents, station).filter(about);
    before.current = incidents;
    if (fresh.length === 0) return;
    waiting.current.push(...fresh.map(({ id }) => id));
    timer.current ??= setTimeout(
      () => {
        timer.current = undefined;
        lastSaid.current = performance.now();
        // One that was sent, held or closed meanwhile is news no more.
        const calls = waiting.current.splice(0).flatMap((id) => latest.current[id] ?? []);
        setSaid(callsSaid(calls.filter(({ state }) => state === 'pending')));
      },
      Math.max(TOGETHER_MS, lastSaid.current + HEARD_MS - performance.now()),
    );
  }, [incidents, there, station]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return said;
}
