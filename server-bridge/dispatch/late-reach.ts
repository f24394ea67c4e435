/** The board is served before syncing has begun: until then nothing is reached, and what is asked of sync waits for it. */
import type { Presence } from '../../domain/wire/sync.ts';
import type { Reach } from './surroundings.ts';

export interface LateReach extends Reach {
  readonly begin: (reach: Reach) => void;
  /** What is shown with it has changed. */
  readonly tell: () => void;
}

/** `before`: what the header shows until sync knows. */
export function lateReach(before: ReturnType<Reach['now']>): LateReach {
  let held: Reach | null = null;
  let woken = false;
  const changes = new Set<() => void>();
  const presences = new Set<(presence: Presence) => void>();
  const listen = <T>(to: Set<T>, listener: T): (() => void) => {
    to.add(listener);
    return () => void to.delete(listener);
  };
  const tell = (): void => {
    for (const listener of changes) listener();
  };
  return {
    tell,
    now: () => held?.now() ?? before,
    onChange: (listener) => listen(changes, listener),
    onPresence: (listener) => listen(presences, listener),
    sendPresence: (presence) => held?.sendPresence(presence),
    wake: () => {
      if (held) held.wake();
      else woken = true;
    },
    // Whatever begins later tries at once anyway.
    networkReturned: () => held?.networkReturned(),
    begin: (reach) => {
      held = reach;
      reach.onChange(tell);
      reach.onPresence((presence) => {
        for (const listener of presences) listener(presence);
      });
      if (woken) reach.wake();
      tell();
    },
  };
}
