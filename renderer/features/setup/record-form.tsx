/** The form of one record of the roster at a console: a new one, one to change, one to archive or to bring back. */
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { RosterBody } from '#domain/cad/roster.ts';
import type { Json } from '#domain/kernel/json.ts';
import { type RosterRow, useRoster } from '../../app/connection/use-station.ts';
import { FieldProblemContext, useFieldProblems } from '../../ui/field-problem.ts';
import '../../ui/form.css';
import { optionsOf, RecordFields } from './record-field.tsx';
import { builtFrom, type SetupKind, typedOf } from './setup-kinds.ts';
import { usePutRecord } from './use-put-record.ts';
import { useRecordTyped } from './use-record-typed.ts';

export type RecordRow = RosterRow<{ readonly [key: string]: Json }>;

export function RecordForm({
  kind,
  row: listed,
  onDone: leave,
}: {
  readonly kind: SetupKind;
  /** As the station holds it now; null for a new one, and for one that was archived since. */
  readonly row: RecordRow | null;
  readonly onDone: () => void;
}): ReactNode {
  const { row, archived } = useLastKnown(listed);
  const { over, forget } = useRecordTyped(kind.title, row?.id ?? 'new', typedOf(kind, row?.body ?? kind.begin));
  const onDone = (): void => {
    forget();
    leave();
  };
  const put = usePutRecord(kind);
  const [sent, setSent] = useState(0);
  const { inForm, atField } = useFieldProblems(put.problem, sent);
  const agency = useRoster<RosterBody<'agency'>>('agency');
  const facility = useRoster<RosterBody<'facility'>>('facility');
  const records = useMemo(
    () => ({ agency: optionsOf(Object.values(agency)), facility: optionsOf(Object.values(facility)) }),
    [agency, facility],
  );
  const submit = useRef<HTMLButtonElement>(null);
  const wasBusy = useRef(false);
  useEffect(() => {
    // A button that cannot be pressed for a while loses the focus, and one that is gone has lost it.
    if (wasBusy.current && !put.busy && document.activeElement === document.body) submit.current?.focus();
    wasBusy.current = put.busy;
  }, [put.busy]);
  const title = row ? kind.named(row.body) : `A new ${kind.one}`;
  const target = row ? { id: row.id, version: row.version } : null;
  const save = (event: FormEvent): void => {
    event.preventDefault();
    setSent(sent + 1);
    if (over.unchosen(put.refuse)) return;
    const built = builtFrom(kind, row?.body ?? {}, over.typed);
    if (built.ok) put.ask(target, built.body, onDone);
    else put.refuse(built.field, built.why);
  };
  return (
    <form role="group" aria-label={title} className="setup-form form" noValidate onSubmit={save}>
      {archived ? (
        <p role="status" aria-label="Archived" className="strip strip-amber">
          It is archived: in no list, and not to be chosen. Bringing it back puts it there as it stands here; once this
          form is left, it is brought back at the center's page, <b>Set up a PSAP</b>, <b>Archived</b>.
        </p>
      ) : null}
      <FieldProblemContext value={inForm}>
        <RecordFields kind={kind} over={over} records={records} />
      </FieldProblemContext>
      {put.problem && !atField ? (
        <p role="alert" className="error-line">
          {put.problem.detail}
        </p>
      ) : null}
      <p className="form-buttons">
        <button ref={submit} type="submit" className="choice first" disabled={put.busy}>
          {put.busy ? 'Asking the center…' : archived ? 'Bring it back' : row ? 'Save' : `Add the ${kind.one}`}
        </button>
        <button type="button" className="choice" onClick={onDone}>
          Leave
        </button>
      </p>
      {target && !archived ? (
        <Archive title={title} busy={put.busy} onArchive={() => put.ask(target, null, () => undefined)} />
      ) : null}
    </form>
  );
}

/** What a form is about, also when somebody archived it meanwhile: nothing that is typed goes with it. */
function useLastKnown(listed: RecordRow | null): { readonly row: RecordRow | null; readonly archived: boolean } {
  const [known, setKnown] = useState(listed);
  if (listed !== null && listed !== known) setKnown(listed);
  if (listed !== null || known === null) return { row: listed, archived: false };
  // To archive is the next version of it.
  return { row: { ...known, version: known.version + 1 }, archived: true };
}

/** Says in place what archiving does and how it is undone, then does it. */
function Archive({
  title,
  busy,
  onArchive,
}: {
  readonly title: string;
  readonly busy: boolean;
  readonly onArchive: () => void;
}): ReactNode {
  const [open, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const confirm = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (open) confirm.current?.focus();
  }, [open]);
  const leave = (): void => {
    setOpen(false);
    requestAnimationFrame(() => opener.current?.focus());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    leave();
  };
  if (!open)
    return (
      <p>
        <button ref={opener} type="button" className="choice danger" disabled={busy} onClick={() => setOpen(true)}>
          Archive it
        </button>
      </p>
    );
  return (
    <div role="group" aria-label={`Archive ${title}`} className="strip strip-bad" onKeyDown={onKeyDown}>
      <p>
        {title} leaves the lists and choices at every console of this PSAP. What was done with it stays as it was. To
        undo it: <b>Bring it back</b>, here while this form is open, later at the center's page.
      </p>
      <p className="form-buttons">
        <button
          ref={confirm}
          type="button"
          className="choice danger"
          disabled={busy}
          onClick={() => {
            setOpen(false);
            onArchive();
          }}
        >
          Archive it now
        </button>
        <button type="button" className="choice" onClick={leave}>
          Leave it
        </button>
      </p>
    </div>
  );
}
