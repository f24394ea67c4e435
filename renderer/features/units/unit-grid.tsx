import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useMemo } from 'react';
import type { UnitRow } from '#domain/bridge/topics.ts';
import { isTyping } from '../../app/keys/actions.ts';
import { select, toggleMark, useSelection } from '../../app/selection.ts';
import { useCallsignTyped } from './callsign-typed.ts';
import { KeyThatWaits } from './key-that-waits.tsx';
import { useStatuses } from './statuses.ts';
import { type UnitLine, unitBeside } from './unit-columns.ts';
import { UnitLineRow } from './unit-row.tsx';
import { ROW_REM, useUnitColumns } from './use-unit-columns.ts';

/** Units by kind, in columns, as an ARIA grid: one tab stop, arrows, Enter for the status, Space marks, callsigns are typed. */
export function UnitGrid({
  list,
  shown,
  empty,
}: {
  readonly list: RefObject<HTMLDivElement | null>;
  readonly shown: readonly UnitRow[];
  /** What is said where there are none. */
  readonly empty: string;
}): ReactNode {
  const statuses = useStatuses();
  const selected = useSelection((at) => at.unit);
  const marked = useSelection((at) => at.marked);
  const prefix = useId();
  const { columns, order, first, last, height, lineOf, show } = useUnitColumns(list, shown);
  const current = order.some((unit) => unit.id === selected) ? selected : null;
  const at = lineOf(current);
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: when its line is another, and not with every drawing
  useEffect(() => {
    if (list.current === document.activeElement) show(at);
  }, [at]);

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
        if (current) select({ statusOf: current, statusCode: null, statusAsked: true });
        break;
      case ' ':
        if (current) toggleMark(current);
        break;
      default:
        return;
    }
    event.preventDefault();
  };

  const lineAt = (line: UnitLine, place: number): ReactNode => {
    const top = place * ROW_REM;
    if (line.kind === 'head')
      return (
        <div
          aria-hidden="true"
          key={`${line.title} ${line.again}`}
          className="unit-kind"
          title={line.title}
          style={{ top: `${top}rem` }}
        >
          {line.title}
          {line.again ? ' …' : ''}
        </div>
      );
    const { unit } = line;
    return (
      <UnitLineRow
        key={unit.id}
        id={`${prefix}-${unit.id}`}
        unit={unit}
        statuses={statuses}
        top={top}
        index={order.indexOf(unit) + 1}
        selected={unit.id === selected}
        marked={marked.includes(unit.id)}
      />
    );
  };

  return (
    <>
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
            height: `${height}px`,
          }}
        >
          {columns.map((column, x) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
            <div role="rowgroup" className="unit-column" key={x}>
              {column.slice(first, last + 1).map((line, i) => lineAt(line, first + i))}
            </div>
          ))}
        </div>
        {order.length === 0 ? <p className="empty">{empty}</p> : null}
      </div>
      <KeyThatWaits waiting={callsign.waiting} />
    </>
  );
}
