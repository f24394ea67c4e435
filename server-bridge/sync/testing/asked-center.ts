import type { CenterPort } from '../ports.ts';
import { SyncFailure } from '../ports.ts';

/** A center that answers what is given here; whatever else it is asked fails, away as it is unless `why` says otherwise. */
export function askedCenter(
  answers: Partial<CenterPort>,
  why: SyncFailure = new SyncFailure('unreachable', 'The center could not be reached.'),
): CenterPort {
  const fails = (): Promise<never> => Promise.reject(why);
  return {
    ...{ hello: fails, pull: fails, push: fails, request: fails, snapshot: fails, entity: fails },
    abandon: () => undefined,
    abandonGreeting: () => undefined,
    live: () => ({ close: () => undefined, presence: () => undefined }),
    ...answers,
  };
}
