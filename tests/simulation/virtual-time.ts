/** Time that passes only when nothing is left to do at its moment. */

export interface VirtualTime {
  /** Milliseconds since the run began. */
  readonly now: () => number;
  readonly after: (ms: number, run: () => void) => () => void;
  /** Something was promised: let it settle before time goes on. */
  readonly promised: () => void;
  /** Runs everything due until then. */
  readonly runUntil: (end: number) => Promise<void>;
}

interface Entry {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

export function virtualTime(): VirtualTime {
  const heap: Entry[] = [];
  let now = 0;
  let order = 0;
  let settling = false;

  const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
  const push = (entry: Entry): void => {
    let i = heap.length;
    heap.push(entry);
    while (i > 0) {
      const up = (i - 1) >> 1;
      if (!before(entry, heap[up] as Entry)) break;
      heap[i] = heap[up] as Entry;
      i = up;
    }
    heap[i] = entry;
  };
  const pop = (): Entry | undefined => {
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child++;
      if (!before(heap[child] as Entry, last)) break;
      heap[i] = heap[child] as Entry;
      i = child;
    }
    heap[i] = last;
    return top;
  };

  return {
    now: () => now,
    after: (ms, run) => {
      const entry: Entry = { at: now + Math.max(0, ms), order: order++, run };
      push(entry);
      return () => {
        entry.run = null;
      };
    },
    promised: () => {
      settling = true;
    },
    runUntil: async (end) => {
      for (;;) {
        while (settling) {
          settling = false;
          // Everything in a run is promises that wait for nothing outside of it: one turn of the loop settles them all.
          await new Promise((resolve) => setImmediate(resolve));
        }
        const top = heap[0];
        if (!top || top.at > end) break;
        pop();
        if (!top.run) continue;
        now = top.at;
        top.run();
      }
      now = Math.max(now, end);
    },
  };
}
