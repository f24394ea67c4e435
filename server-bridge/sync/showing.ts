/** Shows the center its own words of what it erased: one that was put back has forgotten those that it said since. */
import { MAX_FRAMES } from '../../domain/wire/sync.ts';
import type { Store } from '../store/store.ts';
import { type CenterPort, SyncFailure } from './ports.ts';

export interface Showing {
  /** Shows what this epoch's center was not shown yet; what it does not answer is shown again with the next news. */
  readonly show: () => void;
}

export function createShowing(
  store: Pick<Store, 'erasuresToShow' | 'erasuresShown'>,
  center: Pick<CenterPort, 'push'>,
  trouble: (what: string, error: unknown) => void,
): Showing {
  let showing = false;
  const run = async (): Promise<void> => {
    const words = store.erasuresToShow();
    let epoch: string | null = null;
    for (let from = 0; from < words.length; from += MAX_FRAMES) {
      const answer = await center.push({ frames: words.slice(from, from + MAX_FRAMES), keys: [] });
      if (epoch !== null && epoch !== answer.epoch) return;
      ({ epoch } = answer);
    }
    if (epoch !== null) store.erasuresShown(epoch);
  };
  return {
    show: () => {
      if (showing || store.erasuresToShow().length === 0) return;
      showing = true;
      run()
        .catch((error: unknown) => {
          if (!(error instanceof SyncFailure)) trouble('What was erased could not be shown to the center', error);
        })
        .finally(() => {
          showing = false;
        });
    },
  };
}
