/** The columns of lists of incidents, and the order in which they go where there is less room. */
import { type ReactNode, useRef } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import type { RosterBody } from '#domain/cad/roster.ts';
import { useNow, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useRoster } from '../../app/connection/use-station.ts';
import { Mark, PriorityChip, Unsent } from '../../ui/chips.tsx';
import { Elapsed } from '../../ui/elapsed.tsx';
import type { Column } from '../../ui/grid.tsx';
import { useWidthInRem } from '../../ui/use-width.ts';
import { Whole } from '../../ui/whole.tsx';
import { useStatuses } from '../units/statuses.ts';
import { UnitOnCall } from '../units/unit-on-call.tsx';
import { crossMerged, endedOver, holdIsOver, urgencyOf, waitingSince, waitsOnceMore } from './board-rows.ts';
import { partsOfNumber } from './short-number.ts';
import { tagsThatFit } from './tags-that-fit.ts';

export type IncidentListKind = 'pending' | 'active' | 'closed';

function Place({ row }: { readonly row: IncidentRow }): ReactNode {
  if (!row.location) return <span className="muted">no location yet</span>;
  const { text, detail } = row.location;
  return (
    <Whole key={`${text} ${detail}`}>
      <b>
        <bdi>{text}</bdi>
      </b>
      {detail ? (
        <span className="muted">
          {' '}
          · <bdi>{detail}</bdi>
        </span>
      ) : null}
    </Whole>
  );
}

/** Of a call that waits once more, what parts it from a new one. */
const ONCE_MORE = {
  again: { word: 'again', code: 'AG', className: 'text-amber' },
  cleared: { word: 'cleared', code: 'CD', className: 'muted' },
} as const;

function Nature({ row }: { readonly row: IncidentRow }): ReactNode {
  const more = waitsOnceMore(row);
  return (
    <>
      <Whole key={row.nature?.text}>{row.nature?.text ?? <span className="muted">no nature yet</span>}</Whole>
      {row.of === null ? null : <Mark className="muted" word={row.of} code="MA" />}
      {row.alarm > 1 ? <b className="stays"> {row.alarm}A</b> : null}
      {more === null ? null : <Mark {...ONCE_MORE[more]} />}
      {row.conflicts.length > 0 ? <Mark className="text-bad" word="settle" code="!!" /> : null}
      {crossMerged(row) ? <Mark className="text-amber" word="cross-merged" code="XM" /> : null}
      {endedOver(row) ? (
        <Mark className="text-amber" word={row.state} code={row.state === 'closed' ? 'CL' : 'MG'} />
      ) : null}
      {row.contested.length > 0 || row.units.some((unit) => unit.contested) ? (
        <Mark className="text-amber" word="contested" code="??" />
      ) : null}
    </>
  );
}

function NumberCell({ row, short = false }: { readonly row: IncidentRow; readonly short?: boolean }): ReactNode {
  const { log, end } = partsOfNumber(row.number, short);
  return (
    <span className="number">
      {log ? <span className="gives-way">{log}</span> : null}
      <span className="stays">{end}</span>
      <Unsent count={row.unsent} />
    </span>
  );
}

function Units({ row }: { readonly row: IncidentRow }): ReactNode {
  const statuses = useStatuses();
  const at = useRef<HTMLSpanElement>(null);
  const width = useWidthInRem(at, Number.POSITIVE_INFINITY);
  const { tags: most, tight } = tagsThatFit(row.units, width);
  return (
    <span ref={at} className={tight ? 'unit-tags airless' : 'unit-tags'}>
      {row.units.slice(0, most).map((unit) => (
        <UnitOnCall key={unit.assignment} unit={unit} statuses={statuses} />
      ))}
      {row.units.length > most ? (
        <span
          className="muted mono units-more"
          data-count={`+${row.units.length - most}`}
          title={row.units
            .slice(most)
            .map((unit) => `${unit.callsign} ${unit.code}`)
            .join(', ')}
        >
          <span className="sr-only-text">
            {row.units.slice(most).map((unit) => (
              <span key={unit.assignment}>
                {unit.callsign}
                {unit.code}
              </span>
            ))}
          </span>
        </span>
      ) : null}
    </span>
  );
}

/** On hold, and until when: white on red once that is past. */
function Held({
  row,
  hold,
  zone,
}: {
  readonly row: IncidentRow;
  readonly hold: NonNullable<IncidentRow['hold']>;
  readonly zone: string;
}): ReactNode {
  const now = useNow();
  return (
    <span className={holdIsOver(row, now) ? 'time time-red' : 'text-amber mono'} title={hold.reason}>
      HELD
      {hold.until === null ? null : <span className="not-close"> {when(hold.until, hold.until, zone)}</span>}
    </span>
  );
}

function Waiting({ row }: { readonly row: IncidentRow }): ReactNode {
  const site = Object.values(useRoster<RosterBody<'site'>>('site'))[0];
  const zone = useZone();
  if (row.hold) return <Held row={row} hold={row.hold} zone={zone} />;
  const limits = site?.body.waiting[urgencyOf(row)] ?? null;
  return <Elapsed since={waitingSince(row)} limits={limits} />;
}

function ClosedAt({ row }: { readonly row: IncidentRow }): ReactNode {
  const zone = useZone();
  const now = useNow();
  return (
    <span className="time">
      {row.closedAt === null ? (row.state === 'merged' ? 'merged' : '') : when(row.closedAt, now, zone)}
    </span>
  );
}

/** From here on the whole number has room, in rem; under it the last digits stand for it, as in commands. */
const WIDE = 50;
type C = Column<IncidentRow>;
const PRI: C = {
  key: 'pri',
  title: 'Pri',
  track: '2rem',
  close: '1.625rem',
  cell: (row) => <PriorityChip priority={row.priority} />,
};
const NUMBER: C = {
  key: 'number',
  title: 'Incident',
  track: '8.25rem',
  cell: (row) => <NumberCell row={row} />,
  from: WIDE,
};
const SHORT_NUMBER: C = {
  key: 'number',
  title: 'Inc.',
  track: '4.75rem',
  cell: (row) => <NumberCell row={row} short />,
  from: 34,
  until: WIDE,
};
/** Commands name an incident by it: it gives way only where nothing else is left to. */
const CLOSE_NUMBER: C = {
  key: 'number',
  title: 'Inc.',
  track: '3.75rem',
  cell: (row) => (
    <small className="text-sm">
      <NumberCell row={row} short />
    </small>
  ),
  from: 26,
  until: 34,
};
/** What is sent goes by it: it gives way after all others but the number. */
const NATURE_WIDE: C = {
  key: 'nature',
  title: 'Nature',
  track: 'minmax(6rem, 3.5fr)',
  cell: (row) => <Nature row={row} />,
  from: WIDE,
};
/** Beside an open call the place has the room: a nature is known by its first word, and an address by all of it. */
const NATURE_NARROW: C = {
  ...NATURE_WIDE,
  track: 'minmax(5rem, 3fr)',
  close: 'minmax(clamp(3.25rem, 20.5%, 7rem), 3fr)',
  from: 0,
  until: WIDE,
};
const PLACE: C = {
  key: 'location',
  title: 'Location',
  track: 'minmax(5.5rem, 6fr)',
  close: 'minmax(2.75rem, 7fr)',
  cell: (row) => <Place row={row} />,
};
/** What every list of incidents begins with. */
export const CALL: readonly C[] = [PRI, NUMBER, SHORT_NUMBER, CLOSE_NUMBER, NATURE_WIDE, NATURE_NARROW, PLACE];
const UNITS_WIDE: C = {
  key: 'units',
  title: 'Units',
  track: 'minmax(5.5rem, 4.5fr)',
  cell: (row) => <Units row={row} />,
  from: WIDE,
};
/** One unit, and how many more there are. */
const UNITS_NARROW: C = {
  ...UNITS_WIDE,
  track: 'minmax(5.5rem, 1fr)',
  close: 'minmax(clamp(4.75rem, 25%, 5.5rem), 1fr)',
  from: 0,
  until: WIDE,
};
const ZONE: C = {
  key: 'zone',
  title: 'Zone',
  track: 'minmax(3rem, 1fr)',
  cell: (row) => row.location?.zone ?? '',
  from: 46,
};
const NEEDS: C = { key: 'needs', title: 'Needs', track: 'minmax(4rem, 2fr)', cell: (row) => row.needs, from: 54 };

export const COLUMNS: { readonly [K in IncidentListKind]: readonly C[] } = {
  pending: [
    ...CALL,
    ZONE,
    NEEDS,
    { key: 'time', title: 'Waiting', track: '6rem', close: '4.75rem', cell: (row) => <Waiting row={row} /> },
  ],
  active: [
    ...CALL,
    UNITS_WIDE,
    UNITS_NARROW,
    {
      key: 'time',
      title: 'Age',
      track: '4rem',
      close: '3.75rem',
      cell: (row) => <Elapsed since={row.answeredAt} limits={null} />,
    },
  ],
  closed: [
    ...CALL,
    {
      key: 'disposition',
      title: 'Disposition',
      track: 'minmax(5rem, 2fr)',
      cell: (row) => (row.state === 'merged' ? 'merged' : (row.disposition ?? '')),
      from: 38,
    },
    { key: 'time', title: 'Closed', track: '6.5rem', cell: (row) => <ClosedAt row={row} /> },
  ],
};
