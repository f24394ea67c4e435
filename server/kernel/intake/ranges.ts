/** Ranges of positions, ascending and apart: the holes of a log, where somebody may still bring what is missing. */
import type { Range } from './port.ts';

export function covers(ranges: readonly Range[], at: number): boolean {
  return ranges.some(([from, to]) => from <= at && at <= to);
}

export function without(ranges: readonly Range[], at: number): readonly Range[] {
  return ranges.flatMap(([from, to]): Range[] => {
    if (at < from || at > to) return [[from, to]];
    const left: Range[] = at > from ? [[from, at - 1]] : [];
    const right: Range[] = at < to ? [[at + 1, to]] : [];
    return [...left, ...right];
  });
}
