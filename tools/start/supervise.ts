import type { Child, Ended } from './child.ts';

/** Waits before the first, second … restart, ms; the last is kept to. */
const WAITS = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
/** A process that ran this long has recovered, and its next death is a first one again. */
const RECOVERED_MS = 60_000;

export interface Supervised {
  /** Stops it for good. */
  readonly stop: (graceMs?: number) => Promise<void>;
  readonly kill: () => void;
}

/** How long to wait before a process that died for the `deaths`-th time in a row is started again, ms. */
export function waitBefore(deaths: number): number {
  return WAITS[Math.min(Math.max(deaths, 1), WAITS.length) - 1] ?? 30_000;
}

/**
 * Watches a running process, and starts it again with growing waits when it dies without being asked to. `again` starts
 * the next one; `died` and `back` are told, once each time, `back` with what it said when it was ready.
 */
export function supervise(
  first: Child,
  again: () => Child,
  on: {
    /** Whether this end was somebody's wish (a window that was closed), and it stays ended. */
    readonly wished?: (how: Ended) => boolean;
    readonly died: (how: Ended, waitMs: number) => void;
    readonly back: (ready: unknown, child: Child) => void;
  },
): Supervised {
  let child = first;
  let stopping = false;
  let deaths = 0;
  let timer: NodeJS.Timeout | undefined;

  const watch = (): void => {
    const started = Date.now();
    void child.ended.then((how) => {
      if (stopping || on.wished?.(how)) return;
      deaths = Date.now() - started > RECOVERED_MS ? 1 : deaths + 1;
      const wait = waitBefore(deaths);
      on.died(how, wait);
      timer = setTimeout(() => {
        child = again();
        child.ready.then(
          (ready) => on.back(ready, child),
          // Its end is seen below, and counted there.
          () => {},
        );
        watch();
      }, wait);
    });
  };
  watch();

  return {
    stop: async (graceMs) => {
      stopping = true;
      clearTimeout(timer);
      await child.stop(graceMs);
    },
    kill: () => {
      stopping = true;
      clearTimeout(timer);
      child.kill();
    },
  };
}
