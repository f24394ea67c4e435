import { type ReactNode, useRef } from 'react';
import { flushSync } from 'react-dom';
import { useIncidents, useUnits } from '../../app/connection/use-station.ts';
import { useAction } from '../../app/keys/actions.ts';
import { dock } from '../../app/layout/dock-api.ts';
import { select } from '../../app/selection.ts';
import { useAlarm } from '../../app/use-alarm.ts';
import { ConflictCard } from './conflict-card.tsx';
import { ContestedCard } from './contested-card.tsx';
import { DecidedTwiceCard } from './decided-twice-card.tsx';
import type { ToSettle } from './to-settle.ts';
import { useToSettle } from './use-to-settle.ts';

/** Everything of the board that is to be settled in one place; F7 goes from one to the next. */
export function SettlePanel(): ReactNode {
  const entries = useToSettle();
  const alarm = useAlarm();
  const list = useRef<HTMLUListElement>(null);
  /** Which was in hand: what takes its place when it is settled comes next. */
  const at = useRef(-1);

  useAction('settle.next', () => {
    const items = [...(list.current?.children ?? [])];
    const here = items.findIndex((item) => item.contains(document.activeElement));
    const wanted = here < 0 ? Math.max(0, at.current) : here + 1;
    const next = items[wanted % Math.max(1, items.length)];
    const card = next?.querySelector<HTMLElement>('[data-settle]');
    if (!card || alarm() !== null) return false;
    // In sight, and with room for a whole card, before anything in it is taken for chosen.
    if (dock.isOpen('settle')) dock.open('settle');
    // It says its keys while it has the focus, and is all in sight with them.
    flushSync(() => card.focus({ preventScroll: true }));
    next?.scrollIntoView({ block: 'start' });
    return true;
  });

  return (
    // It scrolls, and keeps the focus of a card that was settled.
    <section className="h-full overflow-auto" tabIndex={0} data-panel-focus="" aria-label="To settle">
      {entries.length === 0 ? (
        <p className="muted p-3">Nothing to settle.</p>
      ) : (
        <ul ref={list} aria-label="Conflicts and contested entries">
          {entries.map((entry, index) => (
            <Entry key={entry.key} entry={entry} onHand={() => (at.current = index)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Entry({ entry, onHand }: { readonly entry: ToSettle; readonly onHand: () => void }): ReactNode {
  const incidents = useIncidents();
  const units = useUnits();
  const row = entry.unit !== null ? units[entry.unit] : entry.incident !== null ? incidents[entry.incident] : undefined;
  const conflict = entry.kind === 'conflict' ? row?.conflicts[entry.index] : undefined;
  const call = incidents[entry.incident ?? ''];
  const contested = entry.kind === 'contested' ? row?.contested[entry.index] : undefined;
  const whose = (
    <button
      type="button"
      tabIndex={-1}
      className="mono font-semibold"
      onClick={() => dock.open(entry.unit === null ? 'incident' : 'units')}
    >
      {entry.whose}
    </button>
  );
  return (
    <li
      tabIndex={-1}
      className="settle-entry border-b border-line"
      onFocus={() => {
        onHand();
        select({
          ...(entry.incident === null ? {} : { incident: entry.incident }),
          ...(entry.unit === null ? {} : { unit: entry.unit }),
        });
      }}
    >
      {conflict ? <ConflictCard conflict={conflict} whose={whose} /> : null}
      {call && (entry.kind === 'ended' || entry.kind === 'crossed') ? (
        <DecidedTwiceCard row={call} kind={entry.kind} board={{ incidents, units }} whose={whose} />
      ) : null}
      {contested ? <ContestedCard contested={contested} whose={whose} /> : null}
    </li>
  );
}
