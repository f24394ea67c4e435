import { type ReactNode, useRef } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import './incident.css';
import { now, useZone } from '../../app/clock/clock.ts';
import { clockOn, clockTime, shortTime } from '../../app/clock/format.ts';
import { useIncident, useIncidents, useOthersIn, useStation } from '../../app/connection/use-station.ts';
import { useAction } from '../../app/keys/actions.ts';
import { dock } from '../../app/layout/dock-api.ts';
import { KeyName } from '../../app/layout/key-name.tsx';
import { INCIDENT_ASKS, type IncidentAsk, select, selection, useSelection } from '../../app/selection.ts';
import { forgetTyped, questionOf } from '../../app/typed-kept.ts';
import { askInItsWindow } from '../../app/windows/incident-in-hand.ts';
import { isWorkingIn } from '../../app/working-in.ts';
import { PriorityChip, Unsent } from '../../ui/chips.tsx';
import { NumberInTab } from '../../ui/number-in-tab.tsx';
import { piecesOf } from '../intake/place.ts';
import { takeCall } from '../intake/take-calls.ts';
import { ConflictCard } from '../settle/conflict-card.tsx';
import { ContestedCard } from '../settle/contested-card.tsx';
import { AskInPlace } from './ask-in-place.tsx';
import { DecidedTwice } from './decided-twice.tsx';
import { Handoff } from './handoff.tsx';
import { SameCall } from './same-call.tsx';
import { Timeline } from './timeline.tsx';
import { UnitTimes } from './unit-times.tsx';

function useShown(pinned: string | null): string | null {
  const selected = useSelection((at) => at.incident);
  return pinned ?? selected;
}

export function IncidentTitle({ pinned }: { readonly pinned: string | null }): ReactNode {
  const id = useShown(pinned);
  return id === null ? <>Incident</> : <TitleOf id={id} />;
}

function TitleOf({ id }: { readonly id: string }): ReactNode {
  const row = useIncident(id);
  if (!row) return <>Incident</>;
  return (
    <>
      <NumberInTab number={row.number} />
      {row.nature ? <span className="tab-more">· {row.nature.text}</span> : null}
      <Unsent count={row.unsent} />
    </>
  );
}

export function IncidentPanel({ pinned }: { readonly pinned: string | null }): ReactNode {
  const id = useShown(pinned);
  const section = useRef<HTMLElement>(null);
  return (
    <section ref={section} className="h-full">
      {id === null ? (
        <p tabIndex={0} data-panel-focus="" className="muted p-4">
          Choose an incident in a list, or begin a call with <KeyName action="call.new" />.
        </p>
      ) : (
        <Shown key={id} id={id} />
      )}
    </section>
  );
}

const STATES: { readonly [S in IncidentRow['state']]: string } = {
  pending: 'waiting',
  active: 'active',
  held: 'held',
  closed: 'closed',
  merged: 'merged',
};

/** What is asked of the unit in hand too. */
const OF_UNITS: readonly IncidentAsk[] = ['note', 'time', 'cancel'];

/** The keys that ask something about the incident in hand. */
export function useIncidentKeys(): void {
  const station = useStation();
  const askFor = (kind: IncidentAsk) => () => {
    const { incident } = latest.current;
    if (incident === null) return false;
    // `M41` in the units is a callsign being typed: its digits lead to the unit.
    if (dock.current() === 'units' && !OF_UNITS.includes(kind)) return false;
    const from = dock.current();
    if (!dock.isOpen('incident')) dock.open('incident');
    if (dock.isOpen('incident')) select({ ask: { incident, kind, from }, asked: true });
    else askInItsWindow(station, incident, kind);
    return true;
  };
  const incident = useSelection((at) => at.incident);
  const latest = useRef({ incident });
  latest.current = { incident };
  const [note, time, hold, link, merge, cancel, close, priority] = INCIDENT_ASKS;
  useAction(note, askFor(note));
  useAction(time, askFor(time));
  useAction(hold, askFor(hold));
  useAction(link, askFor(link));
  useAction(merge, askFor(merge));
  useAction(cancel, askFor(cancel));
  useAction(close, askFor(close));
  useAction(priority, askFor(priority));
}

function Line({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <>
      <dt className="muted">{name}</dt>
      <dd className="m-0 min-w-0">{children}</dd>
    </>
  );
}

const missing = ({ location, nature }: Pick<IncidentRow, 'location' | 'nature'>): string[] => [
  ...(location ? [] : ['location']),
  ...(nature ? [] : ['nature']),
];

/** What a duplicate says that is not said of the call itself: another way to the place, another caller, notes in its own timeline. */
const addedBy = (duplicate: IncidentRow, row: IncidentRow): string[] => [
  ...(
    [
      [duplicate.location?.text, row.location?.text],
      [duplicate.location?.detail, row.location?.detail],
      [duplicate.callback, row.callback],
      [duplicate.caller, row.caller],
      [duplicate.patient, row.patient],
    ] as const
  ).flatMap(([said, known]) => (said && said !== known ? [said] : [])),
  ...(duplicate.notes === 0 ? [] : [`${duplicate.notes} ${duplicate.notes === 1 ? 'note' : 'notes'} of its own`]),
];

function Shown({ id }: { readonly id: string }): ReactNode {
  const row = useIncident(id);
  const ask = useSelection((at) => at.ask);
  const board = useIncidents();
  const editing = useOthersIn(id);
  const zone = useZone();
  const station = useStation();
  const focus = useRef<HTMLDivElement>(null);
  if (!row)
    return (
      <p tabIndex={0} data-panel-focus="" className="muted p-4">
        This incident is not on this console any more.
      </p>
    );
  const numberOf = (other: string): string => board[other]?.number ?? 'an older incident';
  return (
    <div className="incident">
      {ask?.incident === id ? (
        <AskInPlace
          key={ask.kind}
          kind={ask.kind}
          row={row}
          onDone={() => {
            forgetTyped(station, questionOf(id, ask.kind));
            const { kind, from } = ask;
            const asked = selection().ask;
            const here = isWorkingIn(focus.current?.parentElement?.querySelector('.ask'));
            // Another question may have been asked since.
            if (asked?.incident === id && asked.kind === kind) select({ ask: null });
            if (!here) return;
            if (from !== null && dock.isOpen(from)) dock.open(from);
            else focus.current?.focus();
          }}
        />
      ) : null}
      <div
        ref={focus}
        className="incident-known"
        tabIndex={0}
        data-panel-focus=""
        role="region"
        aria-label={`Incident ${row.number}`}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.target !== event.currentTarget) return;
          event.preventDefault();
          takeCall(station, row.id, row.answeredAt);
        }}
      >
        <h2 className="incident-place">
          <PriorityChip priority={row.priority} />{' '}
          {row.location ? <bdi>{row.location.text}</bdi> : <span className="muted">no location yet</span>}
          <bdi className="incident-where">
            {/* A line never begins with the dot that parts two things. */}
            {[row.location?.detail, row.location?.zone, row.location?.city, piecesOf(row.location).coordinates]
              .filter(Boolean)
              .join('\u00a0· ')}
          </bdi>
        </h2>
        <DecidedTwice row={row} numberOf={numberOf} />
        <SameCall row={row} />
        {row.conflicts.map((conflict) => (
          <ConflictCard key={`${conflict.entity} ${conflict.register}`} conflict={conflict} />
        ))}
        {row.contested.map((contested) => (
          <ContestedCard key={contested.fact} contested={contested} />
        ))}
        <dl className="known">
          <Line name="State">
            {STATES[row.state]}
            {row.of === null ? '' : ` · of ${row.of}`}
            {row.hold && (row.state === 'held' || row.state === 'active') ? (
              <span className="text-amber">
                {' '}
                · {row.state === 'active' ? 'on hold once its units have left it: ' : ''}
                {row.hold.reason || 'no reason given'}
                {row.hold.until === null ? '' : `, until ${shortTime(row.hold.until, zone)}`}
              </span>
            ) : null}
            {row.disposition && row.state === 'closed' ? ` · ${row.disposition}` : ''}
            {row.mergedInto && row.state === 'merged' ? ` into ${numberOf(row.mergedInto)}` : ''}
            <span className="muted"> · answered {clockOn(row.answeredAt, now(), zone)}</span>
            {row.readyAt === null ? (
              <span className="text-amber"> · not ready to dispatch: needs {missing(row).join(' and ')}</span>
            ) : (
              <span className="muted"> · ready {clockTime(row.readyAt, zone)}</span>
            )}
            {row.enteredAt === null ? null : (
              <span className="muted"> · handed to dispatch {clockOn(row.enteredAt, now(), zone)}</span>
            )}
            {row.reopenedAt === null ? null : (
              <span className="muted"> · reopened {clockOn(row.reopenedAt, now(), zone)}</span>
            )}
            {row.left && row.state === 'pending' ? (
              <span className="muted"> · last unit left {clockOn(row.left.at, now(), zone)}</span>
            ) : null}
          </Line>
          {row.nature ? (
            <Line name="Nature">
              {row.nature.text} <span className="muted mono">{row.nature.code}</span>
              {row.needs ? <span className="muted"> · needs {row.needs}</span> : null}
              {row.alarm > 1 ? ` · alarm ${row.alarm}` : ''}
            </Line>
          ) : null}
          {row.callback || row.caller ? (
            <Line name="Caller">{[row.callback, row.caller].filter(Boolean).join(' · ')}</Line>
          ) : null}
          {row.patient ? <Line name="Patient">{row.patient}</Line> : null}
          {Object.values(board)
            .filter((other) => other.state === 'merged' && other.mergedInto === row.id)
            .map((other) => (
              <Line key={other.id} name="Merged in">
                {[other.number, ...addedBy(other, row)].join(' · ')}
              </Line>
            ))}
          {row.linked.length > 0 ? <Line name="Linked">{row.linked.map(numberOf).join(', ')}</Line> : null}
          {Object.keys(row.references).length > 0 ? (
            <Line name="References">
              {Object.entries(row.references)
                .map(([system, number]) => `${system.replaceAll('_', ' ')} ${number}`)
                .join(' · ')}
            </Line>
          ) : null}
          {editing.length > 0 ? (
            <Line name="Now">
              {editing.map((one) => (
                <span key={`${one.station} ${one.field}`} className="text-accent">
                  {one.name || one.position} is typing {one.field}{' '}
                </span>
              ))}
            </Line>
          ) : null}
        </dl>
        {row.partly ? (
          <p className="strip strip-amber mt-2">
            Partly shown: some of it was written by a newer version and cannot be read here yet.
          </p>
        ) : null}
        <UnitTimes incident={id} answeredAt={row.answeredAt} />
        <Handoff incident={id} closed={row.state === 'closed'} />
      </div>
      <Timeline incident={id} />
    </div>
  );
}
