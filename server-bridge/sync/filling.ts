/** Fetches the facts of entities of which only a last known state is held and about which something new was said. */
import { kindOf } from '../../domain/kernel/ids.ts';
import type { Store } from '../store/store.ts';
import { type CenterPort, SyncFailure } from './ports.ts';

export interface Filling {
  /**
   * Fetches what is wanting, one entity after the other, until the center does not answer. One that it refuses keeps none of
   * the others waiting.
   */
  readonly fill: () => void;
}

export function createFilling(
  store: Pick<Store, 'wanting' | 'fillEntity'>,
  center: Pick<CenterPort, 'entity'>,
  trouble: (what: string, error: unknown) => void,
): Filling {
  let filling = false;
  const run = async (): Promise<void> => {
    for (const ref of store.wanting()) {
      try {
        store.fillEntity(ref, await center.entity(ref));
      } catch (error) {
        if (!(error instanceof SyncFailure && error.kind === 'refused')) throw error;
        trouble(`The center refused the facts of an older ${kindOf(ref)}`, error);
      }
    }
  };
  return {
    fill: () => {
      if (filling || store.wanting().length === 0) return;
      filling = true;
      run()
        .catch((error: unknown) => {
          // A center that does not answer is no trouble: it is asked again with the next news.
          if (!(error instanceof SyncFailure)) trouble('The facts of an older entity could not be fetched', error);
        })
        .finally(() => {
          filling = false;
        });
    },
  };
}
