/** Whether a run took a patient somewhere, and where. */
import { type Folded, shownValue } from '../../kernel/fold.ts';
import type { Destination } from '../facts.ts';
import { destinationOf } from './reading.ts';
import { timeOf } from './times.ts';

/**
 * Where a run took its patient; null where it took nobody. Steps may be skipped: any of "left scene with a patient"
 * (eTimes.09), "patient arrived" (eTimes.11) and a hospital that was named says so. A hospital cannot be unsaid: where the time of
 * leaving was struck, it was named by a wrong key too.
 */
export function transportOf(run: Folded): { readonly destination: Destination | null } | null {
  const destination = destinationOf(run);
  if (timeOf(run, 'leftScene') || timeOf(run, 'atDestination')) return { destination };
  const struck = shownValue(run, 'time:leftScene') !== undefined;
  return destination && !struck ? { destination } : null;
}
