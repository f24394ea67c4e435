import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useMemo, useRef } from 'react';
import { isTyping } from '../app/keys/actions.ts';
import { useRem } from './rem.ts';
import { digitsWith, rowByDigits } from './row-by-digits.ts';
import { tint } from './tint.ts';
import { useWidthInRem } from './use-width.ts';

export interface Column<R> {
  readonly key: string;
  readonly title: string;
  /** A CSS grid track. */
  readonly track: string;
  /** The track where even the columns that never go have no room to stand beside each other as they are. */
  readonly close?: string;
  readonly cell: (row: R) => ReactNode;
  /** Left out where the panel is narrower than this, in rem: the named order in which columns go. */
  readonly from?: number;
  /** Stands only where the panel is narrower than this: the short form of a column that needs more. */
  readonly until?: number;
}

export interface GridProps<R> {
  /** The accessible name. */
  readonly label: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
  readonly idOf: (row: R) => string;
  /** What the row is called: an incident number. */
  readonly nameOf: (row: R) => string;
  /** What stands in the row, in words: a reader says its name, and this with it. Else its cells are read with it. */
  readonly saidOf?: (row: R) => string;
  /** Changes when the row should be tinted once. */
  readonly freshness: (row: R) => string;
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
  readonly onEnter?: (row: R) => void;
  readonly quiet?: (row: R) => boolean;
  readonly alert?: (row: R) => boolean;
  readonly empty: string;
}

const ROW_REM = 2.125;
/** Under it columns stand close, in rem: a large scale on a small screen. */
const CLOSE_REM = 34;
/** Under it they stand nearer to each other: beside an open call on a small screen. In rem. */
const SNUG_REM = 42;

/** A list as an ARIA grid: one tab stop, arrows, Enter, digits; only the rows in sight are drawn. */
export function Grid<R>(props: GridProps<R>): ReactNode {
  const { rows, columns, idOf, selected, onSelect } = props;
  const prefix = useId();
  const body = useRef<HTMLDivElement>(null);
  const digits = useRef({ typed: '', at: 0 });
  const known = useRef<Map<string, string> | null>(null);
  const width = useWidthInRem(body, 100);
  const rem = useRem();

  const shown = useMemo(
    () => columns.filter(({ from = 0, until = Number.POSITIVE_INFINITY }) => width >= from && width < until),
    [columns, width],
  );
  const close = width < CLOSE_REM;
  const tracks = shown.map((column) => (close ? (column.close ?? column.track) : column.track)).join(' ');
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => body.current,
    estimateSize: () => ROW_REM * rem,
    overscan: 8,
    getItemKey: (index) => {
      const row = rows[index];
      return row ? idOf(row) : index;
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another size of text is another height of rows
  useEffect(() => {
    virtual.measure();
  }, [virtual, rem]);

  const at = rows.findIndex((row) => idOf(row) === selected);
  // Whoever works in the list has the row in hand in sight, also when others came before it.
  const grid = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (at >= 0 && grid.current === document.activeElement) virtual.scrollToIndex(at);
  }, [virtual, at]);
  const inSight = virtual.getVirtualItems();
  const go = (index: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!row) return;
    onSelect(idOf(row));
    virtual.scrollToIndex(rows.indexOf(row));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (isTyping(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((body.current?.clientHeight ?? 0) / (ROW_REM * rem)) - 1);
    const moves: { readonly [key: string]: number } = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? rows.length - 1 : at - 1,
      Home: 0,
      End: rows.length - 1,
      PageDown: at + page,
      PageUp: at - page,
    };
    const to = moves[event.key];
    if (to !== undefined) {
      go(to);
      event.preventDefault();
    } else if (event.key === 'Enter' && rows.length > 0) {
      // Rows that came after the focus did: none is in hand yet, and Enter means the first.
      const row = rows[Math.max(at, 0)];
      if (at < 0) go(0);
      if (row) props.onEnter?.(row);
      event.preventDefault();
    } else if (/^\d$/.test(event.key)) {
      const names = rows.map(props.nameOf);
      const before = event.timeStamp - digits.current.at < 1_500 ? digits.current.typed : '';
      const typed = digitsWith(names, before, event.key);
      digits.current = { typed, at: event.timeStamp };
      const found = rowByDigits(names, typed);
      if (found >= 0) go(found);
      event.preventDefault();
    }
  };

  const before = known.current;
  useEffect(() => {
    known.current = new Map(rows.map((row) => [idOf(row), props.freshness(row)]));
  });

  return (
    // The grid itself has the focus and names the row in hand, so that the focus outlives rows that come and go.
    <div
      ref={grid}
      role="grid"
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-colcount={shown.length}
      aria-activedescendant={inSight.some(({ index }) => index === at) ? `${prefix}-${selected}` : undefined}
      tabIndex={0}
      className={close ? 'grid-list close' : width < SNUG_REM ? 'grid-list snug' : 'grid-list'}
      data-panel-focus=""
      onKeyDown={onKeyDown}
      onFocus={(event) => {
        if (event.target !== event.currentTarget) return;
        if (at >= 0) virtual.scrollToIndex(at);
        else if (rows[0]) onSelect(idOf(rows[0]));
      }}
    >
      <div role="row" aria-rowindex={1} className="grid-head" style={{ gridTemplateColumns: tracks }}>
        {shown.map((column) => (
          <span role="columnheader" key={column.key}>
            {column.title}
          </span>
        ))}
      </div>
      <div ref={body} role="rowgroup" tabIndex={-1} className="grid-body">
        <div role="presentation" className="grid-space" style={{ height: `${virtual.getTotalSize()}px` }}>
          {inSight.map((item) => {
            const row = rows[item.index];
            if (!row) return null;
            const id = idOf(row);
            return (
              <GridRow
                key={id}
                id={`${prefix}-${id}`}
                name={props.nameOf(row)}
                {...(props.saidOf ? { saidOf: props.saidOf } : {})}
                index={item.index + 2}
                top={item.start}
                tracks={tracks}
                selected={id === selected}
                quiet={props.quiet?.(row) ?? false}
                alert={props.alert?.(row) ?? false}
                fresh={before !== null && before.get(id) !== props.freshness(row)}
                freshness={props.freshness(row)}
                row={row}
                columns={shown}
                onPick={() => onSelect(id)}
                onOpen={() => props.onEnter?.(row)}
              />
            );
          })}
        </div>
      </div>
      {rows.length === 0 ? <p className="empty">{props.empty}</p> : null}
    </div>
  );
}

interface GridRowProps<R> {
  readonly id: string;
  readonly name: string;
  readonly saidOf?: (row: R) => string;
  readonly index: number;
  readonly top: number;
  readonly tracks: string;
  readonly selected: boolean;
  readonly quiet: boolean;
  readonly alert: boolean;
  readonly fresh: boolean;
  readonly freshness: string;
  readonly row: R;
  readonly columns: readonly Column<R>[];
  readonly onPick: () => void;
  readonly onOpen: () => void;
}

function GridRow<R>(props: GridRowProps<R>): ReactNode {
  const element = useRef<HTMLDivElement>(null);
  const { id, fresh, freshness, row, columns, saidOf } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tint answers to a new freshness and to nothing else
  useEffect(() => {
    if (fresh && element.current) tint(element.current);
  }, [freshness]);
  // The very same cells while nothing of the row changed: the selection going by redraws none of them.
  const cells = useMemo(
    () =>
      columns.map((column) => (
        <span role="gridcell" key={column.key} id={`${id}-${column.key}`} className={`cell cell-${column.key}`}>
          {column.cell(row)}
        </span>
      )),
    [id, row, columns],
  );
  const said = useMemo(() => saidOf?.(row), [row, saidOf]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid answers to the keys
    <div
      ref={element}
      id={id}
      role="row"
      aria-label={props.name}
      aria-description={said}
      aria-describedby={saidOf ? undefined : columns.map(({ key }) => `${id}-${key}`).join(' ')}
      aria-rowindex={props.index}
      aria-selected={props.selected}
      className={`grid-row${props.quiet ? ' quiet' : ''}${props.alert ? ' alert' : ''}`}
      style={{ gridTemplateColumns: props.tracks, transform: `translateY(${props.top}px)` }}
      onClick={props.onPick}
      onDoubleClick={props.onOpen}
    >
      {cells}
    </div>
  );
}
