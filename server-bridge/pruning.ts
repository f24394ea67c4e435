/** Keeps a station's disk from growing for ever: once a day a round over what is old and over, a little at a time. */
import type { Store } from './store/store.ts';
import type { Timers } from './sync/ports.ts';

const HOUR = 3_600_000;
/** Acknowledged facts of what ended longer ago leave the station; longer than any backup of the center's is kept. ms */
const KEEP_MS = 60 * 24 * HOUR;
const FIRST_MS = HOUR;
const EVERY_MS = 24 * HOUR;
/** Between two steps of a round, for whoever works at the console. */
const BETWEEN_MS = 1_000;

/** Returns how to stop. */
export function keepPruned(
  store: Pick<Store, 'prune' | 'now'>,
  timers: Timers,
  fault: (where: string, error: unknown) => void,
): () => void {
  let stop = (): void => undefined;
  const next = (wait: number): void => {
    stop = timers.after(wait, () => {
      let more = false;
      try {
        ({ more } = store.prune(store.now() - KEEP_MS));
      } catch (error) {
        fault('prune', error);
      }
      next(more ? BETWEEN_MS : EVERY_MS);
    });
  };
  next(FIRST_MS);
  return () => stop();
}
