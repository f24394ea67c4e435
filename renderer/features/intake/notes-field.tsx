import { type ReactNode, useMemo, useRef } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { useZone } from '../../app/clock/clock.ts';
import { clockTime } from '../../app/clock/format.ts';
import { useStation, useTimeline } from '../../app/connection/use-station.ts';
import { callsInHand, typeInto } from './calls-in-hand.ts';
import { FieldRow, saidWith } from './field-row.tsx';
import { useField, useOnNumber } from './use-field.ts';

/** Notes go in one by one, on Enter or when the field is left; those that are in stand above. */
export function NotesField({
  subject,
  row,
  inputId,
}: {
  readonly subject: string;
  readonly row: IncidentRow | null;
  readonly inputId: string;
}): ReactNode {
  const id = inputId;
  const station = useStation();
  const state = useField(subject, 'notes', row, '');
  // On its way: Enter and leaving the field right after it are one note, and what is typed meanwhile is the next.
  const sending = useRef<string | null>(null);
  const entered = useRef(false);
  const commit = (): void => {
    const typed = state.value;
    const text = typed.trim();
    entered.current = !row;
    if (!row || text === '' || typed === sending.current) return;
    sending.current = typed;
    station
      .call('incident.note', { incident: row.id, text })
      .then((answer) => {
        if (!answer.ok) state.fail(answer.refusal.message);
        else if (callsInHand()[subject]?.typed.notes === typed) typeInto(subject, 'notes', null);
      })
      .catch((failure: unknown) => state.fail(String(failure)))
      .finally(() => {
        sending.current = null;
      });
  };
  useOnNumber(subject, row, () => {
    if (state.dirty && (entered.current || document.activeElement?.id !== id)) commit();
  });
  return (
    <FieldRow id={id} label="Notes" state={state}>
      {row ? <NotesSoFar incident={row.id} /> : null}
      <textarea
        id={id}
        {...saidWith(id, state)}
        className="field"
        rows={2}
        value={state.value}
        placeholder="Enter adds it to the timeline; Shift-Enter begins a line"
        onChange={(event) => state.type(event.target.value)}
        onFocus={state.enter}
        onBlur={(event) => {
          if (state.leave(event)) commit();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey) return;
          event.preventDefault();
          commit();
        }}
      />
    </FieldRow>
  );
}

function NotesSoFar({ incident }: { readonly incident: string }): ReactNode {
  const timeline = useTimeline(incident);
  const zone = useZone();
  const notes = useMemo(
    () =>
      Object.values(timeline)
        .filter((row) => row.kind === 'note')
        .sort((a, b) => a.at - b.at),
    [timeline],
  );
  if (notes.length === 0) return null;
  return (
    <ul className="mb-1.5">
      {notes.map((note) => (
        <li key={note.fact} className="flex gap-3 py-0.5">
          <span className="time">{clockTime(note.at, zone)}</span>
          <span className="min-w-0">
            <bdi>{note.said}</bdi> <bdi>{note.detail}</bdi> <bdi className="muted">{note.by}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
}
