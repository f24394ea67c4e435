import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import type { TimelineRow } from '#domain/bridge/topics.ts';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime } from '../../app/clock/format.ts';
import { useTimeline } from '../../app/connection/use-station.ts';
import { seatSaid } from '../../ui/seat-said.ts';

/** By the time it happened, then by the order it was written. Pure. */
function inOrder(rows: readonly TimelineRow[]): TimelineRow[] {
  return rows.toSorted((a, b) => a.at - b.at || (a.hlc < b.hlc ? -1 : a.hlc > b.hlc ? 1 : 0));
}

/** Everything that was said and done about the incident. Stays at its end unless someone has scrolled up. */
export function Timeline({ incident }: { readonly incident: string }): ReactNode {
  const rows = useTimeline(incident);
  const zone = useZone();
  const list = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  const ordered = useMemo(() => inOrder(Object.values(rows)), [rows]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the end when the list grows
  useEffect(() => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [ordered]);

  return (
    <ol
      ref={list}
      tabIndex={0}
      aria-label="Timeline"
      className="timeline"
      onScroll={(event) => {
        const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
        atEnd.current = scrollTop + clientHeight > scrollHeight - 24;
      }}
    >
      {ordered.map((row) => (
        <li key={row.fact} className={row.kind === 'note' ? 'timeline-note' : undefined}>
          <span className="time">{clockTime(row.at, zone)}</span>
          <span className="unsent" title={row.unsent ? 'not at the center yet' : undefined}>
            {row.unsent ? '↑' : ''}
          </span>
          <span className="min-w-0">
            {row.said}
            {row.detail ? <span> {row.detail}</span> : null}
            <span className="muted"> {[row.by, seatSaid(row.position)].filter(Boolean).join(' · ')}</span>
            {row.unsent ? <span className="sr-only-text"> not at the center yet</span> : null}
            {row.contested ? <span className="text-amber"> contested</span> : null}
          </span>
        </li>
      ))}
    </ol>
  );
}
