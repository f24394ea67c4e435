/** Where the decisions are taken and carried out: the state that they know, and the events that wait for it. */
import { decide } from './decide.ts';
import { type Doing, IDLE, type SyncEffect, type SyncEvent, type SyncState } from './state.ts';

export interface Deciding {
  /** One event after the other: what comes while one is decided and carried out waits until it is. */
  readonly happen: (event: SyncEvent) => void;
  readonly state: () => SyncState;
  /** Nothing happens any more. */
  readonly close: () => void;
}

export interface DecidingOptions {
  /** In [0, 1): a new one for each decision. */
  readonly luck: () => number;
  /** How each thing that is decided is done; asked for when the first event happens. */
  readonly doing: () => Doing;
  /** An event was decided about, and what came of it is done. */
  readonly onDecided: (event: SyncEvent) => void;
  /** No event waits any more. Whoever does something then that makes events has to ask for the state anew afterwards. */
  readonly onRest: () => void;
}

export function createDeciding({ luck, doing, onDecided, onRest }: DecidingOptions): Deciding {
  let state: SyncState = IDLE;
  let closed = false;
  let busy = false;
  const pending: SyncEvent[] = [];

  return {
    happen: (event) => {
      if (closed) return;
      pending.push(event);
      if (busy) return;
      busy = true;
      try {
        for (let next = pending.shift(); next; next = pending.shift()) {
          const decided = decide(state, next, luck());
          state = decided.state;
          for (const effect of decided.effects) (doing()[effect.do] as (effect: SyncEffect) => void)(effect);
          onDecided(next);
        }
      } finally {
        busy = false;
      }
      onRest();
    },
    state: () => state,
    close: () => {
      closed = true;
    },
  };
}
