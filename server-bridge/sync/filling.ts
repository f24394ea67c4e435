/** Fetches the facts of entities of which only a last known state is held and about which something new was said. */
import { type EntityRef, kindOf } from '../../domain/kernel/ids.ts';
import type { Store } from '../store/store.ts';
import { createErrand } from './errand.ts';
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
  const run = async (wanting: readonly EntityRef[]): Promise<void> => {
    for (const ref of wanting) {
      try {
        store.fillEntity(ref, await center.entity(ref));
      } catch (error) {
        if (!(error instanceof SyncFailure && error.kind === 'refused')) throw error;
        trouble(`The center refused the facts of an older ${kindOf(ref)}`, error);
      }
    }
  };
  return {
    fill: createErrand(
      () => {
        const wanting = store.wanting();
        return wanting.length === 0 ? null : () => run(wanting);
      },
      (error) => trouble('The facts of an older entity could not be fetched', error),
    ),
  };
}
