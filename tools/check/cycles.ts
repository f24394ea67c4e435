import type { Import } from './import-rules.ts';

/**
 * Import cycles among what remains at run time; imports of types alone are erased and make none.
 *
 * @returns for each group of files that import each other one shortest cycle through its first file, as the list of
 *   files in order of import
 */
export function cycles(imports: readonly Import[]): string[][] {
  const next = new Map<string, Set<string>>();
  for (const { from, to, typeOnly } of imports) {
    if (typeOnly || !('file' in to)) continue;
    const targets = next.get(from) ?? new Set();
    next.set(from, targets.add(to.file));
  }
  const told = new Set<string>();
  const found: string[][] = [];
  for (const start of [...next.keys()].sort()) {
    if (told.has(start)) continue;
    const cycle = shortestWayBack(start, next);
    if (!cycle) continue;
    found.push(cycle);
    for (const file of cycle) told.add(file);
  }
  return found;
}

/** Breadth first from `start` until a file imports `start` again. */
function shortestWayBack(start: string, next: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const cameFrom = new Map<string, string | undefined>([[start, undefined]]);
  const queue = [start];
  for (const file of queue) {
    for (const target of next.get(file) ?? []) {
      if (target === start) return wayTo(file, cameFrom);
      if (cameFrom.has(target)) continue;
      cameFrom.set(target, file);
      queue.push(target);
    }
  }
  return undefined;
}

function wayTo(file: string, cameFrom: ReadonlyMap<string, string | undefined>): string[] {
  const way: string[] = [];
  for (let at: string | undefined = file; at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}
