import { type ReactNode, useRef, useState } from 'react';
import type { Json } from '#domain/kernel/json.ts';
import { ADMINISTERING, allowed } from '#domain/kernel/permission.ts';
import { useMe, useRoster } from '../../app/connection/use-station.ts';
import { isWorkingIn } from '../../app/working-in.ts';
import { RecordForm } from './record-form.tsx';
import './setup.css';
import { SETUP_KINDS, type SetupKind } from './setup-kinds.ts';

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
  const parts = useRef<HTMLDivElement>(null);
  const shown = useRef(open);
  shown.current = open;
  /** Whoever worked in the form that goes is in the list then, at what it was about, or at its head where that is not there yet. */
  const leave = (form: string): void => {
    // The center answers late at times: another form was opened since, and is being typed into.
    if (shown.current !== form) return;
    const find = (css: string) => parts.current?.querySelector<HTMLElement>(css);
    if (isWorkingIn(parts.current)) (find('ul [aria-pressed="true"]') ?? find('ul button'))?.focus();
    setOpen(null);
  };
  const row = rows.find((one) => one.id === open) ?? null;
  return (
    <div ref={parts} className="setup-parts">
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
        <RecordForm key={open} kind={kind} row={row} onDone={() => leave(open)} />
      )}
    </div>
  );
}
