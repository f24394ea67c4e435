import { type ReactNode, useRef } from 'react';
import { useIncidents, useUnits } from '../../app/connection/use-station.ts';
import { useAction } from '../../app/keys/actions.ts';
import { dock } from '../../app/layout/dock-api.ts';
import { select } from '../../app/selection.ts';
import type { ToSettle } from '../board/board-rows.ts';
import { ConflictCard } from './conflict-card.tsx';
import { ContestedCard } from './contested-card.tsx';
import { useToSettle } from './use-to-settle.ts';

/** Every conflict and contested entry of the board in one place; F7 goes from one to the next. */
export function SettlePanel(): ReactNode {
  const entries = useToSettle();
  const list = useRef<HTMLUListElement>(null);

  useAction('settle.next', () => {
    const cards = [
      ...(list.current?.querySelectorAll<HTMLElement>('[data-settle] button, [data-settle][tabindex]') ?? []),
    ];
    const items = [...(list.current?.children ?? [])];
    const here = items.findIndex((item) => item.contains(document.activeElement));
    const next = items[(here + 1) % Math.max(1, items.length)];
    const target = cards.find((card) => next?.contains(card)) ?? (next as HTMLElement | undefined);
    if (!target) return false;
    target.focus();
    return true;
  });

  if (entries.length === 0)
    return (
      <p tabIndex={0} data-panel-focus="" className="muted h-full p-3">
        Nothing to settle.
      </p>
    );
  return (
    <ul
      ref={list}
      className="h-full overflow-auto"
      tabIndex={0}
      data-panel-focus=""
      aria-label="Conflicts and contested entries"
    >
      {entries.map((entry) => (
        <Entry key={`${entry.key} ${entry.index}`} entry={entry} />
      ))}
    </ul>
  );
}

function Entry({ entry }: { readonly entry: ToSettle }): ReactNode {
  const incidents = useIncidents();
  const units = useUnits();
  const row = entry.unit !== null ? units[entry.unit] : entry.incident !== null ? incidents[entry.incident] : undefined;
  const conflict = entry.kind === 'conflict' ? row?.conflicts[entry.index] : undefined;
  const contested = entry.kind === 'contested' ? row?.contested[entry.index] : undefined;
  return (
    <li
      tabIndex={-1}
      className="border-b border-line"
      onFocus={() =>
        select({
          ...(entry.incident === null ? {} : { incident: entry.incident }),
          ...(entry.unit === null ? {} : { unit: entry.unit }),
        })
      }
    >
      <button
        type="button"
        tabIndex={-1}
        className="mono px-3 pt-1.5 font-semibold"
        onClick={() => dock.open(entry.unit === null ? 'incident' : 'units')}
      >
        {entry.whose}
      </button>
      {conflict ? <ConflictCard conflict={conflict} /> : null}
      {contested ? <ContestedCard contested={contested} /> : null}
    </li>
  );
}
