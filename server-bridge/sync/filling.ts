/** Fetches the facts of entities of which only a last known state is held, and about which something new was said or that somebody reads. */
import { type EntityRef, kindOf } from '../../domain/kernel/ids.ts';
import type { Store } from '../store/store.ts';
import { createErrand } from './errand.ts';
import { type CenterPort, SyncFailure } from './ports.ts';

export interface Filling {
  /**
   * Fetches what is wanting, one entity after the other, until the center does not answer. One that it refuses keeps none of
   * the others waiting, and one that it fails at comes after them the next time.
   */
  readonly fill: () => void;
}

export function createFilling(
  store: Pick<Store, 'wanting' | 'fillEntity'>,
  center: Pick<CenterPort, 'entity'>,
  trouble: (what: string, error: unknown) => void,
): Filling {
  const failed = new Set<EntityRef>();
  const run = async (wanting: readonly EntityRef[]): Promise<void> => {
    for (const ref of wanting) {
      try {
        store.fillEntity(ref, await center.entity(ref));
        failed.delete(ref);
      } catch (error) {
        if (!(error instanceof SyncFailure && error.kind === 'refused')) {
          failed.add(ref);
          throw error;
        }
        trouble(`The center refused the facts of an older ${kindOf(ref)}`, error);
      }
    }
  };
  return {
    fill: createErrand(
      () => {
        const wanting = store.wanting();
        const inOrder = [...wanting].sort((a, b) => Number(failed.has(a)) - Number(failed.has(b)));
        return wanting.length === 0 ? null : () => run(inOrder);
      },
      (error) => trouble('The facts of an older entity could not be fetched', error),
    ),
  };
}
