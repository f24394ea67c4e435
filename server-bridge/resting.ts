/** What follows the facts is brought up to them in a pause, so that no user's commit has to. */
import type { OpenStore } from './store/open.ts';
import type { Timers } from './sync/ports.ts';

/** Without a change for this long, the store may rest. ms */
const REST_MS = 250;

/** Returns how to stop. */
export function keepRested(
  store: Pick<OpenStore, 'onChange' | 'rest'>,
  timers: Timers,
  fault: (where: string, error: unknown) => void,
): () => void {
  let stop = (): void => undefined;
  const stopListening = store.onChange(() => {
    stop();
    stop = timers.after(REST_MS, () => {
      try {
        store.rest();
      } catch (error) {
        fault('rest', error);
      }
    });
  });
  return () => {
    stopListening();
    stop();
  };
}
