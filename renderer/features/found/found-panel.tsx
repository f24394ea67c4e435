/** Incidents that were looked for by FIND: what this workstation holds of any age, to be read, opened or reopened. */
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import type { FoundRow, IncidentState } from '#domain/bridge/topics.ts';
import './found.css';
import { useNow, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useFound, useLooked, useStation } from '../../app/connection/use-station.ts';
import { useKeptFrom } from '../../app/kept-from.ts';
import { useAction } from '../../app/keys/actions.ts';
import { select, useSelection } from '../../app/selection.ts';
import { type Column, Grid } from '../../ui/grid.tsx';
import { byText, freshnessOf } from '../board/board-rows.ts';
import { CALL } from '../board/incident-columns.tsx';
import { useRowSaid } from '../board/use-row-said.ts';
import { takeCall } from '../intake/take-calls.ts';
import { leaveFound, useFoundTopic } from './found.ts';
import { lookedSaid } from './looked-said.ts';

/** The newest first. */
function useFoundRows(): readonly FoundRow[] {
  const rows = useFound(useFoundTopic());
  return useMemo(
    () => Object.values(rows).sort((a, b) => b.answeredAt - a.answeredAt || byText(b.number, a.number)),
    [rows],
  );
}

export function FoundTitle(): ReactNode {
  return (
    <>
      Found<span className="count">{useFoundRows().length}</span>
    </>
  );
}

function Answered({ row }: { readonly row: FoundRow }): ReactNode {
  // Of a day so far that it needs its year the hour is in the panel beside.
  const said = when(row.answeredAt, useNow(), useZone()).replace(/ (\d{4}) .*$/, ' $1');
  return <span className="time">{said}</span>;
}

/** From here on there is room for what a call ended in, in rem. */
const WIDE = 50;
const STATES: { readonly [S in IncidentState]: string } = {
  pending: 'waiting',
  active: 'active',
  held: 'held',
  closed: 'closed',
  merged: 'merged',
};

const COLUMNS: readonly Column<FoundRow>[] = [
  ...CALL,
  {
    key: 'ran',
    title: 'Units',
    track: 'minmax(4rem, 2fr)',
    cell: (row) => <span className="mono">{row.ran.join(' ')}</span>,
    from: 44,
  },
  {
    key: 'state',
    title: 'State',
    track: '3.75rem',
    cell: (row) => STATES[row.state],
    until: WIDE,
  },
  {
    key: 'state',
    title: 'State',
    track: 'minmax(6.25rem, 2fr)',
    cell: (row) => (row.state === 'closed' ? (row.disposition ?? STATES.closed) : STATES[row.state]),
    from: WIDE,
  },
  { key: 'time', title: 'Answered', track: '6.75rem', cell: (row) => <Answered row={row} /> },
];

export function FoundPanel(): ReactNode {
  const station = useStation();
  const topic = useFoundTopic();
  const rows = useFoundRows();
  const looked = useLooked(topic);
  const zone = useZone();
  const selected = useSelection((at) => at.incident);
  const keptFrom = useKeptFrom();
  const saidOf = useRowSaid();
  const section = useRef<HTMLElement>(null);
  // Found after the list had the focus already: the newest is in hand, and the panel beside shows it.
  const [first] = rows;
  const isAmong = rows.some((row) => row.id === selected);
  useEffect(() => {
    if (first && !isAmong && section.current?.contains(document.activeElement)) select({ incident: first.id });
  }, [first, isAmong]);
  useAction('board', () => {
    if (!section.current?.contains(document.activeElement)) return false;
    leaveFound(station);
    return true;
  });
  return (
    <section ref={section} className="found">
      <p role="status" aria-label="Search" className="found-said">
        {looked ? (
          <>
            <b>{looked.said}</b> · {lookedSaid(looked, rows.length, zone)}
          </>
        ) : (
          (keptFrom ?? 'Type FIND and a number, place, callback, unit or day in the command line.')
        )}
      </p>
      <div className="min-h-0 flex-1">
        <Grid
          key={topic}
          label="Found"
          rows={rows}
          columns={COLUMNS}
          idOf={(row) => row.id}
          nameOf={(row) => row.number}
          saidOf={saidOf}
          freshness={freshnessOf}
          selected={selected}
          onSelect={(incident) => select({ incident })}
          onEnter={(row) => takeCall(station, row.id, row.answeredAt)}
          quiet={(row) => row.state === 'closed' || row.state === 'merged'}
          alert={(row) => row.conflicts.length > 0}
          empty={keptFrom ?? ''}
        />
      </div>
    </section>
  );
}
