import { type FormEvent, type ReactNode, useId, useState } from 'react';
import type { CallInput } from '#domain/bridge/calls.ts';
import type { RosterBody, RosterKind } from '#domain/cad/roster.ts';
import type { Json } from '#domain/kernel/json.ts';
import { ADMINISTERING, allowed } from '#domain/kernel/permission.ts';
import { now } from '../../app/clock/clock.ts';
import { echo } from '../../app/command-line/echo.ts';
import { type RosterRow, useMe, useRoster, useStation } from '../../app/connection/use-station.ts';
import './setup.css';
import { builtFrom, SETUP_KINDS, type SetupField, type SetupKind, type Typed, typedOf } from './setup-kinds.ts';

const WAIT_MS = 4_000;
type PutBody = CallInput<'roster.put'>['records'][number]['body'];
type Body = { readonly [key: string]: Json };

/** Units, stations, hospitals, natures: what administrators set up. Changes are asked of the center and wait while it is away. */
export function SetupPanel(): ReactNode {
  const me = useMe();
  const [chosen, setChosen] = useState(0);
  const kind = SETUP_KINDS[chosen] ?? (SETUP_KINDS[0] as SetupKind);
  if (!me || !allowed(me.roles, ADMINISTERING))
    return (
      <p tabIndex={0} data-panel-focus="" className="muted h-full p-4">
        Setup is for administrators. Ask one to change units, stations, hospitals or natures.
      </p>
    );
  return (
    <div className="setup">
      <div className="flex flex-wrap gap-1.5">
        {SETUP_KINDS.map((one, i) => (
          <button
            type="button"
            key={one.title}
            {...(i === 0 ? { 'data-panel-focus': '' } : {})}
            className="choice"
            aria-pressed={i === chosen}
            onClick={() => setChosen(i)}
          >
            {one.title}
          </button>
        ))}
      </div>
      <KindSetup key={kind.title} kind={kind} />
    </div>
  );
}

function KindSetup({ kind }: { readonly kind: SetupKind }): ReactNode {
  const rows = Object.values(useRoster<Body>(kind.kind))
    .filter((row) => kind.only?.(row.body) ?? true)
    .sort((a, b) => kind.named(a.body).localeCompare(kind.named(b.body), 'en', { numeric: true }));
  const [open, setOpen] = useState<string | null>(null);
  const row = rows.find((one) => one.id === open) ?? null;
  return (
    <div className="setup-parts">
      <ul aria-label={kind.title}>
        <li>
          <button type="button" className="choice w-full" aria-pressed={open === 'new'} onClick={() => setOpen('new')}>
            + a new {kind.one}
          </button>
        </li>
        {rows.map((one) => (
          <li key={one.id}>
            <button type="button" className="setup-row" aria-pressed={open === one.id} onClick={() => setOpen(one.id)}>
              {kind.named(one.body)}
            </button>
          </li>
        ))}
      </ul>
      {open === null ? (
        <p className="muted">Choose one, or begin a new {kind.one}.</p>
      ) : (
        <RecordForm key={`${open} ${row?.version ?? 0}`} kind={kind} row={row} onDone={() => setOpen(null)} />
      )}
    </div>
  );
}

function RecordForm({
  kind,
  row,
  onDone,
}: {
  readonly kind: SetupKind;
  readonly row: RosterRow<Body> | null;
  readonly onDone: () => void;
}): ReactNode {
  const id = useId();
  const station = useStation();
  const [typed, setTyped] = useState<Typed>(() => typedOf(kind, row?.body ?? kind.begin));
  const [error, setError] = useState({ field: '', why: '' });
  const [busy, setBusy] = useState(false);

  const put = async (body: Body | null): Promise<void> => {
    setBusy(true);
    setError({ field: '', why: '' });
    try {
      const asked = await station.call('roster.put', {
        records: [
          { kind: kind.kind, ...(row ? { id: row.id } : {}), version: row?.version ?? 0, body: body as PutBody },
        ],
      });
      if (!asked.ok) return setError({ field: asked.refusal.field ?? '', why: asked.refusal.message });
      const answer = await station.call('request.await', { request: asked.value.request, waitMs: WAIT_MS });
      if (!answer.ok) return setError({ field: '', why: answer.refusal.message });
      if (answer.value.state === 'refused')
        return setError({
          field: '',
          why: answer.value.decision?.rules.map((rule) => rule.reason).join(' ') || 'The center refused it.',
        });
      const waits = answer.value.state === 'waiting';
      echo(true, waits ? `${kind.one}: waits for the center, see Requests` : `${kind.one}: the center has it`, now());
      onDone();
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const built = builtFrom(kind, row?.body ?? {}, typed);
    if (!built.ok) setError({ field: built.field, why: built.why });
    else put(built.body).catch((failure: unknown) => setError({ field: '', why: String(failure) }));
  };

  return (
    <form className="setup-form" onSubmit={submit}>
      {kind.fields.map((field) => (
        <div key={field.name} className="intake-row">
          <label htmlFor={`${id}-${field.name}`}>{field.label}</label>
          <div>
            <FieldInput
              id={`${id}-${field.name}`}
              field={field}
              value={typed[field.name] ?? ''}
              wrong={error.field === field.name}
              onChange={(value) => setTyped((before) => ({ ...before, [field.name]: value }))}
            />
            {error.why && error.field === field.name ? (
              <p role="alert" className="error-line">
                {error.why}
              </p>
            ) : null}
          </div>
        </div>
      ))}
      {error.why && !kind.fields.some((field) => field.name === error.field) ? (
        <p role="alert" className="error-line">
          {error.why}
        </p>
      ) : null}
      <p className="flex gap-2">
        <button type="submit" className="choice first" disabled={busy}>
          {busy ? 'Asking the center…' : row ? 'Save' : `Add the ${kind.one}`}
        </button>
        {row ? (
          <button
            type="button"
            className="choice"
            disabled={busy}
            onClick={() => put(null).catch((failure: unknown) => setError({ field: '', why: String(failure) }))}
          >
            Archive
          </button>
        ) : null}
        <button type="button" className="choice" onClick={onDone}>
          Leave
        </button>
      </p>
    </form>
  );
}

function FieldInput({
  id,
  field,
  value,
  wrong,
  onChange,
}: {
  readonly id: string;
  readonly field: SetupField;
  readonly value: string;
  readonly wrong: boolean;
  readonly onChange: (value: string) => void;
}): ReactNode {
  if (field.as === 'record')
    return <RecordChoice id={id} kind={field.of as RosterKind} value={value} onChange={onChange} />;
  if (field.as === 'yes')
    return (
      <input
        id={id}
        type="checkbox"
        checked={value === 'yes'}
        onChange={(event) => onChange(event.target.checked ? 'yes' : '')}
      />
    );
  if (field.as === 'choice')
    return (
      <select
        id={id}
        className="field"
        aria-invalid={wrong}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="">—</option>
        {(field.of as readonly string[]).map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    );
  return (
    <input
      id={id}
      className="field"
      autoComplete="off"
      aria-invalid={wrong}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function RecordChoice({
  id,
  kind,
  value,
  onChange,
}: {
  readonly id: string;
  readonly kind: RosterKind;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactNode {
  const rows = useRoster<RosterBody<'agency'>>(kind);
  return (
    <select id={id} className="field" value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">none</option>
      {Object.values(rows)
        .sort((a, b) => a.body.name.localeCompare(b.body.name))
        .map((row) => (
          <option key={row.id} value={row.id}>
            {row.body.name}
          </option>
        ))}
    </select>
  );
}
