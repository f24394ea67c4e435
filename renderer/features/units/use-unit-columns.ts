/** The columns of units that the panel has room for, and which lines of them are in sight. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useEffect, useLayoutEffect, useMemo, useState } from 'react';
import type { UnitRow } from '#domain/bridge/topics.ts';
import { remPx, useRem } from '../../ui/rem.ts';
import { columnsOf, groupsOf, type UnitGroup, type UnitLine } from './unit-columns.ts';

/** rem */
export const ROW_REM = 1.9375;
/** Narrowest column in which callsign, status, what and time still stand beside each other, in rem. */
const COLUMN_REM = 16.25;
/** A column with room for a destination too. */
const WIDE_COLUMN_REM = 19;

/** No more columns than it takes to show every unit at once, and none narrower than it can be read. */
function fittingColumns(groups: readonly UnitGroup[], width: number, lines: number): UnitLine[][] {
  const most = Math.max(1, Math.floor(width / COLUMN_REM));
  for (let count = Math.min(most, width >= 2 * WIDE_COLUMN_REM ? 2 : 1); count < most; count++) {
    const columns = columnsOf(groups, count);
    if (columns.every((column) => column.length <= lines)) return columns;
  }
  return columnsOf(groups, most);
}

export interface UnitColumns {
  readonly columns: readonly (readonly UnitLine[])[];
  /** The units in the order of their columns. */
  readonly order: readonly UnitRow[];
  /** The first and the last line in sight, and those just beside them; the last is -1 where there is none. */
  readonly first: number;
  readonly last: number;
  /** Of all lines, in px. */
  readonly height: number;
  /** The line on which a unit stands, -1 for one that is not there. */
  readonly lineOf: (unit: string | null) => number;
  /** Brings a line into sight; none where it is -1. */
  readonly show: (line: number) => void;
}

/** `list` is what scrolls. */
export function useUnitColumns(list: RefObject<HTMLElement | null>, shown: readonly UnitRow[]): UnitColumns {
  const [room, setRoom] = useState({ width: 40, lines: 20 });
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
  }, [list]);
  const columns = useMemo(() => fittingColumns(groupsOf(shown), room.width, room.lines), [shown, room]);
  const virtual = useVirtualizer({
    count: Math.max(0, ...columns.map((column) => column.length)),
    getScrollElement: () => list.current,
    estimateSize: () => ROW_REM * rem,
    overscan: 10,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another size of text is another height of rows
  useEffect(() => {
    virtual.measure();
  }, [virtual, rem]);
  const inSight = virtual.getVirtualItems();
  const order = useMemo(
    () => columns.flatMap((column) => column.flatMap((line) => (line.kind === 'unit' ? [line.unit] : []))),
    [columns],
  );
  return {
    columns,
    order,
    first: inSight[0]?.index ?? 0,
    last: inSight.at(-1)?.index ?? -1,
    height: virtual.getTotalSize(),
    lineOf: (unit) =>
      columns
        .map((column) => column.findIndex((line) => line.kind === 'unit' && line.unit.id === unit))
        .find((index) => index >= 0) ?? -1,
    show: (line) => {
      if (line >= 0) virtual.scrollToIndex(line);
    },
  };
}
