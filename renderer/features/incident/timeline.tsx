import { Fragment, type ReactNode, useEffect, useMemo, useRef } from 'react';
import type { TimelineRow } from '#domain/bridge/topics.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { clockOn, clockTime, daysTurned } from '../../app/clock/format.ts';
import { useLacksEarlier, useOfReach, useTimeline } from '../../app/connection/use-station.ts';
import { seatSaid } from '../../ui/seat-said.ts';

/** By the time it happened, then by the order it was written. Pure. */
function inOrder(rows: readonly TimelineRow[]): TimelineRow[] {
  return rows.toSorted((a, b) => a.at - b.at || (a.hlc < b.hlc ? -1 : a.hlc > b.hlc ? 1 : 0));
}

/** More rows than any panel shows at once. */
const MOST_IN_SIGHT = 80;

/** Everything that was said and done about the incident. Stays at its end unless someone has scrolled up. */
export function Timeline({ incident }: { readonly incident: string }): ReactNode {
  const rows = useTimeline(incident);
  const zone = useZone();
  const list = useRef<HTMLOListElement>(null);
  const at = useRef({ end: true, top: 0 });
  const ordered = useMemo(() => inOrder(Object.values(rows)), [rows]);
  // What happened today has no day over it; a call of another day has, and one that went on into the next.
  const days = daysTurned(
    ordered.map((row) => row.at),
    now(),
    zone,
  );

  // A row takes its height once it is in sight, and another one with another width of the panel: the end moves by that.
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the end when the list grows
  useEffect(() => {
    const { current } = list;
    if (!current) return;
    const follow = (): void => {
      if (at.current.end) current.scrollTop = current.scrollHeight;
    };
    follow();
    const observer = new ResizeObserver(follow);
    for (const one of [current, ...[...current.children].slice(-MOST_IN_SIGHT)]) observer.observe(one);
    return () => observer.disconnect();
  }, [ordered]);

  return (
    <ol
      ref={list}
      tabIndex={0}
      aria-label="Timeline"
      className="timeline"
      onScroll={(event) => {
        const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
        // An end that has moved on is followed; only who rolls up leaves it, and be it by a little at first.
        const below = scrollHeight - scrollTop - clientHeight;
        if (scrollTop < at.current.top) at.current.end = below <= 1;
        else if (below < 24) at.current.end = true;
        at.current.top = scrollTop;
      }}
    >
      <Earlier incident={incident} />
      {ordered.map((row, i) => (
        <Fragment key={row.fact}>
          {days[i] ? <li className="timeline-day">{days[i]}</li> : null}
          <Entry row={row} zone={zone} />
        </Fragment>
      ))}
    </ol>
  );
}

function Entry({ row, zone }: { readonly row: TimelineRow; readonly zone: string }): ReactNode {
  return (
    <li className={row.kind === 'note' ? 'timeline-note' : undefined}>
      <span className="time">{clockTime(row.at, zone)}</span>
      <span className="unsent" title={row.unsent ? 'not at the center yet' : undefined}>
        {row.unsent ? '↑' : ''}
      </span>
      <span className="min-w-0">
        {/* Each apart: what is written from right to left would take the figures after it into itself. */}
        <bdi>{row.said}</bdi>
        {row.detail ? (
          <>
            {' '}
            <bdi>{row.detail}</bdi>
          </>
        ) : null}{' '}
        <bdi className="timeline-by">
          {[row.by, seatSaid(row.position), row.entered === null ? '' : `entered ${clockOn(row.entered, row.at, zone)}`]
            .filter(Boolean)
            .join(' · ')}
        </bdi>
        {row.unsent ? <span className="sr-only-text"> not at the center yet</span> : null}
        {row.contested ? <span className="text-amber"> contested</span> : null}
      </span>
    </li>
  );
}

/** Said where entries are missing: of an old incident, or at a workstation that is younger than it. */
function Earlier({ incident }: { readonly incident: string }): ReactNode {
  const isShort = useLacksEarlier(incident);
  const center = useOfReach('center');
  if (!isShort) return null;
  return (
    <li className="timeline-earlier">
      {center === 'reached'
        ? 'Earlier entries are being fetched from the center.'
        : 'Earlier entries are at the center. They come when it is reached.'}
    </li>
  );
}
