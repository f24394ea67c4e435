import { type ReactNode, useMemo, useRef } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { useIncidents, useStation } from '../../app/connection/use-station.ts';
import { useFilter } from '../../app/filters.ts';
import { useKeptFrom } from '../../app/kept-from.ts';
import { select, useSelection } from '../../app/selection.ts';
import { Grid } from '../../ui/grid.tsx';
import { takeCall } from '../intake/take-calls.ts';
import { activeOf, closedOf, filtered, freshnessOf, pendingOf } from './board-rows.ts';
import { FilterField, useFilterKey } from './filter-field.tsx';
import { COLUMNS, type IncidentListKind } from './incident-columns.tsx';
import { useRowSaid } from './use-row-said.ts';

const LISTS = {
  pending: { label: 'Pending', of: pendingOf, empty: 'No calls are waiting.' },
  active: { label: 'Active', of: activeOf, empty: 'No incident has a unit on it.' },
  closed: { label: 'Recently closed', of: closedOf, empty: 'Nothing was closed lately.' },
} as const;

export function useIncidentList(kind: IncidentListKind): readonly IncidentRow[] {
  const incidents = useIncidents();
  return useMemo(() => LISTS[kind].of(Object.values(incidents)), [incidents, kind]);
}

/** Those that are left of a list by what it is filtered by. */
export function useShownIncidents(kind: IncidentListKind): {
  readonly shown: readonly IncidentRow[];
  readonly typed: string;
} {
  const rows = useIncidentList(kind);
  const [{ typed }] = useFilter(kind);
  return { shown: useMemo(() => filtered(rows, typed), [rows, typed]), typed: typed.trim() };
}

export function IncidentList({ kind }: { readonly kind: IncidentListKind }): ReactNode {
  const list = LISTS[kind];
  const station = useStation();
  const { shown } = useShownIncidents(kind);
  const selected = useSelection((at) => at.incident);
  const [{ typed, open }, setFilter] = useFilter(kind);
  const section = useRef<HTMLElement>(null);
  const keptFrom = useKeptFrom();
  const saidOf = useRowSaid();

  useFilterKey(section, () => setFilter({ open: true }));

  return (
    <section ref={section} className="flex h-full flex-col">
      {open ? (
        <FilterField
          label={`Filter ${list.label}`}
          value={typed}
          onChange={(text) => setFilter({ typed: text })}
          onLeave={(clear) => {
            if (clear) setFilter({ typed: '', open: false });
            section.current?.querySelector<HTMLElement>('[data-panel-focus]')?.focus();
          }}
        />
      ) : null}
      <div className="min-h-0 flex-1">
        <Grid
          label={list.label}
          rows={shown}
          columns={COLUMNS[kind]}
          idOf={(row) => row.id}
          nameOf={(row) => row.number}
          saidOf={saidOf}
          freshness={freshnessOf}
          selected={selected}
          onSelect={(incident) => select({ incident })}
          onEnter={(row) => takeCall(station, row.id, row.answeredAt)}
          quiet={(row) => row.state === 'held'}
          alert={(row) => row.conflicts.length > 0}
          empty={keptFrom ?? (typed ? 'Nothing here matches the filter.' : list.empty)}
        />
      </div>
    </section>
  );
}
