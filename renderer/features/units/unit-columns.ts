/** How units stand in columns: by kind, in an order, columns about equally long. Pure. */
import type { UnitRow } from '#domain/bridge/topics.ts';

/** Made once: to make one takes longer than to compare by it. */
const inOrder = new Intl.Collator('en', { numeric: true });

/** Kinds in the order in which dispatchers look for them; others follow by name. */
const ORDER = ['ambulance', 'medic', 'als', 'bls', 'chief', 'supervisor', 'engine', 'truck', 'rescue'];

export type UnitLine =
  | { readonly kind: 'head'; readonly title: string; readonly again: boolean }
  | { readonly kind: 'unit'; readonly unit: UnitRow };

export interface UnitGroup {
  readonly title: string;
  readonly units: readonly UnitRow[];
}

function rank(kind: string): number {
  const found = ORDER.findIndex((entry) => kind.toLowerCase().includes(entry));
  return found < 0 ? ORDER.length : found;
}

export function groupsOf(units: readonly UnitRow[]): UnitGroup[] {
  const kinds = new Map<string, UnitRow[]>();
  for (const unit of units) kinds.set(unit.kind, [...(kinds.get(unit.kind) ?? []), unit]);
  return [...kinds]
    .sort(([a], [b]) => rank(a) - rank(b) || inOrder.compare(a, b))
    .map(([title, rows]) => ({
      title,
      units: rows.sort((a, b) => inOrder.compare(a.callsign, b.callsign)),
    }));
}

/** Whole groups in sequence into at most `count` columns of at most `height` lines, or null where they do not fit. */
function fitted(groups: readonly UnitGroup[], count: number, height: number): UnitGroup[][] | null {
  const columns: UnitGroup[][] = [[]];
  let used = 0;
  for (const group of groups) {
    const lines = group.units.length + 1;
    if (lines > height) return null;
    if (used + lines > height) {
      if (columns.length === count) return null;
      columns.push([]);
      used = 0;
    }
    columns.at(-1)?.push(group);
    used += lines;
  }
  return columns;
}

/**
 * Lines of each column. Groups stay whole where that costs no more than a third of extra length; otherwise a long group
 * goes on in the next column under its name.
 */
export function columnsOf(groups: readonly UnitGroup[], count: number): UnitLine[][] {
  const total = groups.reduce((sum, group) => sum + group.units.length + 1, 0);
  const even = Math.max(2, Math.ceil(total / Math.max(1, count)));
  for (let height = even; height <= Math.ceil((even * 4) / 3); height++) {
    const whole = fitted(groups, count, height);
    if (whole) return whole.map((column) => column.flatMap((group) => linesOf(group)));
  }
  const height = even + 1;
  const columns: UnitLine[][] = [[]];
  for (const group of groups) {
    let again = false;
    for (const unit of group.units) {
      let column = columns.at(-1) as UnitLine[];
      const room = height - column.length;
      if (columns.length < count && (room < 1 || (!again && room < 3))) {
        column = [];
        columns.push(column);
        column.push({ kind: 'head', title: group.title, again });
      } else if (!again) column.push({ kind: 'head', title: group.title, again });
      column.push({ kind: 'unit', unit });
      again = true;
    }
  }
  return columns;
}

function linesOf(group: UnitGroup): UnitLine[] {
  return [
    { kind: 'head', title: group.title, again: false },
    ...group.units.map((unit): UnitLine => ({ kind: 'unit', unit })),
  ];
}

/** The unit that an arrow leads to: down and up go on in the next column, left and right stay on the line. */
export function unitBeside(
  columns: readonly (readonly UnitLine[])[],
  from: string | null,
  key: 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End',
): string | null {
  const flat = columns.flatMap((column, x) =>
    column.flatMap((line, y) => (line.kind === 'unit' ? [{ id: line.unit.id, x, y }] : [])),
  );
  const at = flat.findIndex((entry) => entry.id === from);
  const here = flat[at];
  if (!here || key === 'Home') return flat[0]?.id ?? null;
  if (key === 'End') return flat.at(-1)?.id ?? null;
  if (key === 'ArrowDown' || key === 'ArrowUp') return flat[at + (key === 'ArrowDown' ? 1 : -1)]?.id ?? here.id;
  const x = here.x + (key === 'ArrowRight' ? 1 : -1);
  const beside = flat.filter((entry) => entry.x === x);
  if (beside.length === 0) return here.id;
  return beside.reduce((a, b) => (Math.abs(b.y - here.y) < Math.abs(a.y - here.y) ? b : a)).id;
}
