/**
 * A center that answers greetings and fails at what else it is asked (its database is full, one page cannot be read here). Once
 * it is asked again at once, for a connection may have broken; after that it is given time, or every station would ask as fast
 * as it can fail.
 */
import { armOnce, backoff, type Draft } from './draft.ts';
import type { Asked } from './state.ts';

/** Of several that fail at once the first counts: they fail for one reason. */
export function countFailure(d: Draft, what: Asked): void {
  if (d.s.center === 'up') d.s.failing = { ...d.s.failing, [what]: d.s.failing[what] + 1 };
}

export function succeeded(d: Draft, what: Asked): void {
  if (d.s.failing[what] > 0) d.s.failing = { ...d.s.failing, [what]: 0 };
}

/** A greeting was answered: begins the wait of what failed before it more than once. */
export function giveTime(d: Draft): void {
  const failures = Math.max(...Object.values(d.s.failing));
  if (failures > 1) armOnce(d, 'again', backoff(failures - 2, d.luck));
}

/** Whether something is not to be asked yet. */
export function waits(d: Draft, what: Asked): boolean {
  return d.s.armed.has('again') && d.s.failing[what] > 1;
}
