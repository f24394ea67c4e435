import { type ReactNode, useRef } from 'react';
import { useStation, useUnits } from '../../app/connection/use-station.ts';
import { useFilter } from '../../app/filters.ts';
import { useKeptFrom } from '../../app/kept-from.ts';
import { select, selection, useSelection } from '../../app/selection.ts';
import { forgetTyped, questionOf } from '../../app/typed-kept.ts';
import { isWorkingIn } from '../../app/working-in.ts';
import { FilterField, useFilterKey } from '../board/filter-field.tsx';
import { useShownUnits } from './shown-units.ts';
import { StatusMenu } from './status-menu.tsx';
import { UnitGrid } from './unit-grid.tsx';

/** All units, what they are filtered by, and the status of one that is being chosen. */
export function UnitsPanel(): ReactNode {
  const section = useRef<HTMLElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const keptFrom = useKeptFrom();
  const { shown, typed } = useShownUnits();
  const [filter, setFilter] = useFilter('units');
  useFilterKey(section, () => setFilter({ open: true }));
  return (
    <section ref={section} className="flex h-full flex-col">
      {filter.open ? (
        <FilterField
          label="Filter Units"
          value={filter.typed}
          onChange={(text) => setFilter({ typed: text })}
          onLeave={(clear) => {
            if (clear) setFilter({ typed: '', open: false });
            list.current?.focus();
          }}
        />
      ) : null}
      <UnitGrid
        list={list}
        shown={shown}
        empty={keptFrom ?? (typed ? 'No unit matches the filter.' : 'There are no units on the roster yet.')}
      />
      <StatusChosen
        onDone={() => {
          if (isWorkingIn(section.current)) list.current?.focus();
        }}
      />
    </section>
  );
}

/** The status of a unit while somebody chooses it; `onDone` once it is sent or left, while what chose it still stands there. */
function StatusChosen({ onDone }: { readonly onDone: () => void }): ReactNode {
  const station = useStation();
  const units = useUnits();
  const statusOf = useSelection((at) => at.statusOf);
  const unit = units[statusOf ?? ''];
  if (!unit) return null;
  return (
    <StatusMenu
      key={unit.id}
      unit={unit}
      onDone={() => {
        forgetTyped(station, questionOf(unit.id, 'status'));
        onDone();
        if (selection().statusOf === unit.id) select({ statusOf: null });
      }}
    />
  );
}
