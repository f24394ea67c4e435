import { type ReactNode, useRef } from 'react';
import type { Json } from '#domain/kernel/json.ts';
import { ADMINISTERING, allowed } from '#domain/kernel/permission.ts';
import { useMe, useRoster } from '../../app/connection/use-station.ts';
import { useTypedKept } from '../../app/typed-kept.ts';
import { isWorkingIn } from '../../app/working-in.ts';
import { RecordForm } from './record-form.tsx';
import './setup.css';
import { SETUP_KINDS, type SetupKind } from './setup-kinds.ts';

type Body = { readonly [key: string]: Json };

/** Which kind is shown, and which record of it is open: kept as what is typed into it is. */
const BEGIN = { kind: SETUP_KINDS[0]?.title ?? '', record: '' };

/** Units, stations, hospitals, natures: what administrators set up. Changes are asked of the center and wait while it is away. */
export function SetupPanel(): ReactNode {
  const me = useMe();
  const [chosen, choose] = useTypedKept('ask:setup', BEGIN);
  const kind = SETUP_KINDS.find(({ title }) => title === chosen.kind) ?? (SETUP_KINDS[0] as SetupKind);
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
            aria-pressed={one === kind}
            onClick={() => one === kind || choose({ kind: one.title, record: '' })}
          >
            {one.title}
          </button>
        ))}
      </div>
      <KindSetup key={kind.title} kind={kind} open={chosen.record || null} onOpen={(record) => choose({ record })} />
    </div>
  );
}

function KindSetup({
  kind,
  open,
  onOpen,
}: {
  readonly kind: SetupKind;
  /** The id of the record that is open, or `new`. */
  readonly open: string | null;
  readonly onOpen: (record: string) => void;
}): ReactNode {
  const rows = Object.values(useRoster<Body>(kind.kind))
    .filter((row) => kind.only?.(row.body) ?? true)
    .sort((a, b) => kind.named(a.body).localeCompare(kind.named(b.body), 'en', { numeric: true }));
  const parts = useRef<HTMLDivElement>(null);
  const shown = useRef(open);
  shown.current = open;
  /** Whoever worked in the form that goes is in the list then, at what it was about, or at its head where that is not there yet. */
  const leave = (form: string): void => {
    // The center answers late at times: another form was opened since, and is being typed into.
    if (shown.current !== form) return;
    const find = (css: string) => parts.current?.querySelector<HTMLElement>(css);
    if (isWorkingIn(parts.current)) (find('ul [aria-pressed="true"]') ?? find('ul button'))?.focus();
    onOpen('');
  };
  const row = rows.find((one) => one.id === open) ?? null;
  // One that was archived while its form stood here can be brought back in it; one that was gone before has none.
  const had = useRef<string | null>(null);
  if (row) had.current = row.id;
  return (
    <div ref={parts} className="setup-parts">
      <ul aria-label={kind.title}>
        <li>
          <button type="button" className="choice w-full" aria-pressed={open === 'new'} onClick={() => onOpen('new')}>
            + a new {kind.one}
          </button>
        </li>
        {rows.map((one) => (
          <li key={one.id}>
            <button type="button" className="setup-row" aria-pressed={open === one.id} onClick={() => onOpen(one.id)}>
              {kind.named(one.body)}
            </button>
          </li>
        ))}
      </ul>
      {open === null || !(row || open === 'new' || open === had.current) ? (
        <p className="muted">Choose one, or begin a new {kind.one}.</p>
      ) : (
        <RecordForm key={open} kind={kind} row={row} onDone={() => leave(open)} />
      )}
    </div>
  );
}
