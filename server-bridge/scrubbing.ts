/** Damage of the disk is found before somebody needs the page that has it: the store is read through, a little at a time, again and again. */
import type { OpenStore } from './store/open.ts';
import type { Timers } from './sync/ports.ts';

/** A store of 100 MB is read through in under an hour, in steps too small to notice. ms */
const EVERY_MS = 2_000;
const PAGES = 16;

/** `damaged`: told once, and nothing is read from then on. Returns how to stop. */
export function keepScrubbed(
  store: Pick<OpenStore, 'scrub'>,
  timers: Timers,
  damaged: () => void,
  fault: (where: string, error: unknown) => void,
): () => void {
  let stop = (): void => undefined;
  const next = (): void => {
    stop = timers.after(EVERY_MS, () => {
      try {
        if (store.scrub(PAGES) === 'corrupted') return damaged();
      } catch (error) {
        fault('scrub', error);
      }
      next();
    });
  };
  next();
  return () => stop();
}
