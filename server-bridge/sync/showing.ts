/** Shows the center its own words of what it erased: one that was put back has forgotten those that it said since. */
import type { Frame } from '../../domain/kernel/fact.ts';
import { MAX_FRAMES } from '../../domain/wire/sync.ts';
import type { Store } from '../store/store.ts';
import { createErrand } from './errand.ts';
import type { CenterPort } from './ports.ts';

export interface Showing {
  /** Shows what this epoch's center was not shown yet; what it does not answer is shown again with the next news. */
  readonly show: () => void;
}

export function createShowing(
  store: Pick<Store, 'erasuresToShow' | 'erasuresShown'>,
  center: Pick<CenterPort, 'push'>,
  trouble: (what: string, error: unknown) => void,
): Showing {
  const run = async (words: readonly Frame[]): Promise<void> => {
    let epoch: string | null = null;
    for (let from = 0; from < words.length; from += MAX_FRAMES) {
      const answer = await center.push({ frames: words.slice(from, from + MAX_FRAMES), keys: [] });
      if (epoch !== null && epoch !== answer.epoch) return;
      ({ epoch } = answer);
    }
    if (epoch !== null) store.erasuresShown(epoch);
  };
  return {
    show: createErrand(
      () => {
        const words = store.erasuresToShow();
        return words.length === 0 ? null : () => run(words);
      },
      (error) => trouble('What was erased could not be shown to the center', error),
    ),
  };
}
