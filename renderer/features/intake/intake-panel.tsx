import { type ReactNode, useEffect, useId } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import './intake.css';
import { now, useZone } from '../../app/clock/clock.ts';
import { clockTime } from '../../app/clock/format.ts';
import {
  hearIncident,
  useDrafts,
  useIncident,
  useOfReach,
  useOthersIn,
  useStation,
  useTopic,
} from '../../app/connection/use-station.ts';
import { Elapsed } from '../../ui/elapsed.tsx';
import { KeyOf } from '../../ui/key.tsx';
import { NumberInTab } from '../../ui/number-in-tab.tsx';
import { SameCall } from '../incident/same-call.tsx';
import { ConflictCard } from '../settle/conflict-card.tsx';
import { useStatuses } from '../units/statuses.ts';
import { UnitOnCall } from '../units/unit-on-call.tsx';
import { callsInHand, putCall, readDraft, useCallInHand } from './calls-in-hand.ts';
import { NatureField, PriorityField } from './nature-field.tsx';
import { NotesField } from './notes-field.tsx';
import { NumberFields } from './number-fields.tsx';
import { PlaceFields } from './place-fields.tsx';
import { leaveCall } from './take-calls.ts';
import { TextField } from './text-field.tsx';

export function IntakeTitle({ subject }: { readonly subject: string }): ReactNode {
  const call = useCallInHand(subject);
  const incident = call?.incident ?? (subject.startsWith('new-') ? null : subject);
  return incident === null ? <>New call</> : <NumberOf incident={incident} />;
}

function NumberOf({ incident }: { readonly incident: string }): ReactNode {
  const row = useIncident(incident);
  return (
    <>
      Call <NumberInTab number={row?.number ?? ''} className="verbatim" />
    </>
  );
}

/** Whether it has an incident, and so a number, that this window may only not have heard of yet. */
const known = (subject: string): boolean =>
  !subject.startsWith('new-') || (callsInHand()[subject]?.incident ?? null) !== null;

const isOver = (row: IncidentRow | null): boolean => row?.state === 'closed' || row?.state === 'merged';

/** A call being taken, or an incident being changed. Several stand side by side; none is ever in the way of the board. */
export function IntakePanel({ subject }: { readonly subject: string }): ReactNode {
  const call = useCallInHand(subject);
  const station = useStation();
  const known = subject.startsWith('new-') ? null : subject;
  const drafts = useDrafts();
  const { ready } = useTopic('drafts');
  useEffect(() => {
    // A call that is only being opened has its entry already, or was closed just now.
    if (call || known === null || !ready) return;
    const kept = readDraft(drafts[`intake:${known}`] ?? null);
    putCall(subject, { ...kept, incident: known, answeredAt: kept?.answeredAt ?? now() });
  }, [call, subject, known, drafts, ready]);
  const incident = call?.incident ?? known;
  const row = useIncident(incident);
  useEffect(() => {
    if (incident === null) return;
    let wasOpen = false;
    return hearIncident(station, incident, (now) => {
      const over = isOver(now);
      // A call that was closed meanwhile takes its form with it, unless someone is at it. Whoever closes it by a command is in
      // the command line still: the answer, which takes them back, comes after what it answers.
      const at = document.activeElement?.closest('[data-panel]')?.getAttribute('data-panel');
      if (over && wasOpen && at !== `intake:${subject}`) leaveCall(station, subject);
      wasOpen = now !== null && !over;
    });
  }, [incident, station, subject]);
  return (
    <Form
      subject={subject}
      row={row}
      answeredAt={row?.answeredAt ?? call?.answeredAt ?? now()}
      error={call?.error ?? ''}
    />
  );
}

/** Whether the call can be sent, or is over already. */
function Dispatchable({ row }: { readonly row: IncidentRow | null }): ReactNode {
  const zone = useZone();
  if (row && isOver(row))
    return (
      <p className="strip strip-amber">
        {row.state === 'closed' ? `Closed: ${row.disposition ?? ''}` : 'Merged into another incident'} — what is typed
        here is still added to it
      </p>
    );
  if (row?.readyAt == null) return <p className="muted">Ready to dispatch as soon as location and nature stand.</p>;
  return (
    <p className="ready">
      <span>
        <b>Ready to dispatch</b> since {clockTime(row.readyAt, zone)}
        <span className="ready-more"> — keep asking, dispatch already sees it</span>
      </span>
      <KeyOf action="accept" />
    </p>
  );
}

/** What is asked after location and nature; Enter goes on to the next. */
const ASKED = [
  { field: 'callback', label: 'Callback', hint: 'number to call back' },
  { field: 'caller', label: 'Caller', hint: 'name, relation, where they are' },
  { field: 'patient', label: 'Patient', hint: 'age, sex, conscious, breathing' },
] as const;

function Form({
  subject,
  row,
  answeredAt,
  error,
}: {
  readonly subject: string;
  readonly row: IncidentRow | null;
  readonly answeredAt: number;
  readonly error: string;
}): ReactNode {
  const id = useId();
  const center = useOfReach('center');
  const statuses = useStatuses();
  const zone = useZone();
  const others = useOthersIn(row?.id ?? null);
  const goTo = (field: string) => (): void => document.getElementById(`${id}-${field}`)?.focus();
  return (
    <form
      className="intake"
      aria-label={row ? `Call ${row.number}` : 'New call'}
      onSubmit={(event) => event.preventDefault()}
    >
      <header className="intake-head">
        <span className="min-w-0">
          <b className="mono text-xl whitespace-nowrap">{row?.number ?? '…'}</b>{' '}
          <span className="muted">
            {row
              ? center === 'reached'
                ? ''
                : 'number leased, good in an outage'
              : error || (known(subject) ? '' : 'getting its number; type on, nothing is lost')}
          </span>
        </span>
        <span className="whitespace-nowrap">
          <span className="intake-clock">
            <Elapsed since={answeredAt} limits={null} />
          </span>{' '}
          <span className="muted text-sm" title={`answered ${clockTime(answeredAt, zone)}`}>
            since answered
          </span>
        </span>
      </header>
      {others.length > 0 ? (
        <p className="intake-others">
          {others.map((one) => `${one.name || one.position} is typing ${one.field}`).join(' · ')}
        </p>
      ) : null}
      <div className="intake-body">
        {row?.conflicts.map((conflict) => (
          <ConflictCard key={conflict.register} conflict={conflict} />
        ))}
        <PlaceFields subject={subject} row={row} onStands={goTo('nature')}>
          <div className="intake-nature">
            <NatureField subject={subject} row={row} inputId={`${id}-nature`} onStands={goTo('callback')} />
            <PriorityField subject={subject} row={row} />
          </div>
          <div className="intake-row">
            <span />
            <div className="min-w-0">
              <div role="status" aria-label="Dispatchable">
                <Dispatchable row={row} />
              </div>
              <div role="status" aria-label="Same call">
                {row ? <SameCall row={row} /> : null}
              </div>
            </div>
          </div>
          {row && row.units.length > 0 ? (
            <div className="intake-row">
              <span className="muted">Units</span>
              <span className="flex flex-wrap gap-1.5">
                {row.units.map((unit) => (
                  <UnitOnCall key={unit.assignment} unit={unit} statuses={statuses} />
                ))}
              </span>
            </div>
          ) : null}
          {ASKED.map(({ field, label, hint }, i) => (
            <TextField
              key={field}
              subject={subject}
              row={row}
              field={field}
              label={label}
              hint={hint}
              inputId={`${id}-${field}`}
              onEntered={goTo(ASKED[i + 1]?.field ?? 'notes')}
            />
          ))}
          <NotesField subject={subject} row={row} inputId={`${id}-notes`} />
        </PlaceFields>
        <NumberFields subject={subject} row={row} />
      </div>
    </form>
  );
}
