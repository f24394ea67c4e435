import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { UnitRow } from '#domain/bridge/topics.ts';
import { useStation, useUnits } from '../../app/connection/use-station.ts';
import { useFilter } from '../../app/filters.ts';
import { useKeptFrom } from '../../app/kept-from.ts';
import { isTyping, useAction } from '../../app/keys/actions.ts';
import { select, selection, toggleMark, useSelection } from '../../app/selection.ts';
import { forgetTyped, questionOf } from '../../app/typed-kept.ts';
import { isWorkingIn } from '../../app/working-in.ts';
import { Cap } from '../../ui/key.tsx';
import { remPx, useRem } from '../../ui/rem.ts';
import { FilterField } from '../board/filter-field.tsx';
import { useCallsignTyped, type Waiting } from './callsign-typed.ts';
import { StatusMenu } from './status-menu.tsx';
import { useStatuses } from './statuses.ts';
import { columnsOf, groupsOf, type UnitGroup, type UnitLine, unitBeside } from './unit-columns.ts';
import { UnitLineRow } from './unit-row.tsx';

const ROW_REM = 1.9375;
/** Narrowest column in which callsign, status, what and time still stand beside each other, in rem. */
const COLUMN_REM = 16.25;
/** Units that a letter which waits may lead to: so many are named. */
const MOST_LEADS = 3;
/** A column with room for a destination too. */
const WIDE_COLUMN_REM = 19;

function matching(units: readonly UnitRow[], typed: string): readonly UnitRow[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return units;
  return units.filter((unit) => {
    const text = [
      unit.callsign,
      unit.code,
      unit.label,
      unit.kind,
      unit.home,
      unit.post,
      unit.reason,
      unit.destination?.name,
    ]
      .concat(unit.incidents.map((on) => on.number))
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Those that are left of the units by what they are filtered by. */
export function useShownUnits(): { readonly shown: readonly UnitRow[]; readonly typed: string } {
  const units = useUnits();
  const [{ typed }] = useFilter('units');
  return { shown: useMemo(() => matching(Object.values(units), typed), [units, typed]), typed: typed.trim() };
}

/** No more columns than it takes to show every unit at once, and none narrower than it can be read. */
function fittingColumns(groups: readonly UnitGroup[], width: number, lines: number): UnitLine[][] {
  const most = Math.max(1, Math.floor(width / COLUMN_REM));
  for (let count = Math.min(most, width >= 2 * WIDE_COLUMN_REM ? 2 : 1); count < most; count++) {
    const columns = columnsOf(groups, count);
    if (columns.every((column) => column.length <= lines)) return columns;
  }
  return columnsOf(groups, most);
}

/** All units, by kind, in as many columns as there is room for. */
export function UnitsPanel(): ReactNode {
  const station = useStation();
  const units = useUnits();
  const statuses = useStatuses();
  const keptFrom = useKeptFrom();
  const selected = useSelection((at) => at.unit);
  const marked = useSelection((at) => at.marked);
  const statusOf = useSelection((at) => at.statusOf);
  const prefix = useId();
  const list = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 40, lines: 20 });
  const { shown } = useShownUnits();
  const [{ typed, open }, setFilter] = useFilter('units');
  const rem = useRem();

  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      const size = remPx();
      if (!entry) return;
      const { width, height } = entry.contentRect;
      setRoom({ width: width / size, lines: Math.floor(height / size / ROW_REM) });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const columns = useMemo(() => fittingColumns(groupsOf(shown), room.width, room.lines), [shown, room]);
  const lines = Math.max(0, ...columns.map((column) => column.length));
  const virtual = useVirtualizer({
    count: lines,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_REM * rem,
    overscan: 10,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another size of text is another height of rows
  useEffect(() => {
    virtual.measure();
  }, [virtual, rem]);
  const inSight = virtual.getVirtualItems();
  const first = inSight[0]?.index ?? 0;
  const last = inSight.at(-1)?.index ?? -1;

  const order = useMemo(
    () => columns.flatMap((column) => column.flatMap((line) => (line.kind === 'unit' ? [line.unit] : []))),
    [columns],
  );
  const current = order.some((unit) => unit.id === selected) ? selected : null;
  const lineOf = (unit: string | null): number =>
    columns
      .map((column) => column.findIndex((line) => line.kind === 'unit' && line.unit.id === unit))
      .find((index) => index >= 0) ?? -1;
  const show = (line: number): void => {
    if (line >= 0) virtual.scrollToIndex(line);
  };
  const go = (unit: string | null): void => {
    if (unit === null) return;
    select({ unit });
    show(lineOf(unit));
  };
  const callsign = useCallsignTyped(
    useMemo(() => order.map((unit) => unit.callsign), [order]),
    (row) => go(order[row]?.id ?? null),
  );
  // Whoever works in the list has the unit in hand in sight, also when the columns are others.
  const at = lineOf(current);
  useEffect(() => {
    if (at >= 0 && list.current === document.activeElement) virtual.scrollToIndex(at);
  }, [virtual, at]);

  useAction('filter', () => {
    if (!list.current?.parentElement?.contains(document.activeElement)) return false;
    setFilter({ open: true });
    return true;
  });

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (isTyping(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (callsign.take(event)) {
      event.preventDefault();
      return;
    }
    switch (event.key) {
      case 'ArrowUp':
      case 'ArrowDown':
      case 'ArrowLeft':
      case 'ArrowRight':
      case 'Home':
      case 'End':
        go(unitBeside(columns, current, event.key));
        break;
      case 'Enter':
        if (current) select({ statusOf: current, statusCode: null });
        break;
      case ' ':
        if (current) toggleMark(current);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  return (
    <section className="flex h-full flex-col">
      {open ? (
        <FilterField
          label="Filter Units"
          value={typed}
          onChange={(text) => setFilter({ typed: text })}
          onLeave={(clear) => {
            if (clear) setFilter({ typed: '', open: false });
            list.current?.focus();
          }}
        />
      ) : null}
      <div
        ref={list}
        role="grid"
        aria-label="Units"
        aria-rowcount={order.length}
        aria-multiselectable="true"
        aria-activedescendant={at >= first && at <= last ? `${prefix}-${current}` : undefined}
        tabIndex={0}
        data-panel-focus=""
        className="unit-list min-h-0 flex-1"
        onKeyDown={onKeyDown}
        onBlur={callsign.forget}
        onFocus={(event) => {
          if (event.target !== event.currentTarget) return;
          if (current) show(at);
          else if (order[0]) select({ unit: order[0].id });
        }}
      >
        <div
          role="presentation"
          className="unit-columns"
          style={{
            gridTemplateColumns: `repeat(${Math.max(1, columns.length)}, minmax(0, 1fr))`,
            height: `${virtual.getTotalSize()}px`,
          }}
        >
          {columns.map((column, x) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
            <div role="rowgroup" className="unit-column" key={x}>
              {column.slice(first, last + 1).map((line, i) => {
                const top = (first + i) * ROW_REM;
                if (line.kind === 'head')
                  return (
                    <div
                      aria-hidden="true"
                      key={`${line.title} ${line.again}`}
                      className="unit-kind"
                      style={{ top: `${top}rem` }}
                    >
                      {line.title}
                      {line.again ? ' …' : ''}
                    </div>
                  );
                return (
                  <UnitLineRow
                    key={line.unit.id}
                    id={`${prefix}-${line.unit.id}`}
                    unit={line.unit}
                    statuses={statuses}
                    top={top}
                    index={order.indexOf(line.unit) + 1}
                    selected={line.unit.id === selected}
                    marked={marked.includes(line.unit.id)}
                  />
                );
              })}
            </div>
          ))}
        </div>
        {order.length === 0 ? (
          <p className="empty">
            {keptFrom ?? (typed ? 'No unit matches the filter.' : 'There are no units on the roster yet.')}
          </p>
        ) : null}
      </div>
      <KeyThatWaits waiting={callsign.waiting} />
      {statusOf && units[statusOf] ? (
        <StatusMenu
          key={statusOf}
          unit={units[statusOf]}
          onDone={() => {
            forgetTyped(station, questionOf(statusOf, 'status'));
            const here = isWorkingIn(list.current?.parentElement);
            if (selection().statusOf === statusOf) select({ statusOf: null });
            if (here) list.current?.focus();
          }}
        />
      ) : null}
    </section>
  );
}

/** Where the list is worked: what a letter does that begins a callsign and is a key of the board as well. */
function KeyThatWaits({ waiting }: { readonly waiting: Waiting | null }): ReactNode {
  return (
    <p
      role="status"
      aria-label="A key that waits"
      className={waiting ? 'border-t border-line bg-raised px-3 py-2' : 'sr-only-text'}
    >
      {waiting ? (
        <>
          <b className="mono">{waiting.typed}</b> … {waiting.leads.slice(0, MOST_LEADS).join(', ')}
          {waiting.leads.length > MOST_LEADS ? ' …' : ''} · <Cap>Enter</Cap> {waiting.action.title}
        </>
      ) : null}
    </p>
  );
}
