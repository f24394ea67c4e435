/** What a station offers to whoever drives it: windows through the bridge, and simulation and replay directly. */
import type { CallInput, CallName, CallOutput } from '../../domain/bridge/calls.ts';
import type { TopicState } from '../../domain/bridge/topics.ts';
import type { Decision } from '../../domain/kernel/decision.ts';
import type { Outcome, Refusal } from '../../domain/kernel/refusal.ts';

/** Where a call comes from: a seat is a workstation's set of windows, in which one person is signed in. */
export interface Who {
  readonly seat: string;
}

/** The answer to a call. `decision` comes with a refusal of a gate: `confirm.needed`, `fact.held_back`. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal; readonly decision?: Decision };

/** Rows that changed and keys that went, by table. */
export interface Delta {
  readonly set: TopicState;
  readonly gone: { readonly [table: string]: readonly string[] };
}

export interface Watch {
  /** The topic's state at the moment of watching; every later delta applies on top of it. */
  readonly state: TopicState;
  readonly stop: () => void;
}

export interface Dispatch {
  /**
   * Carries out one call. What it writes is durable before the answer exists, and its deltas have gone to the watchers by
   * then. Board actions answer at once, not in a later turn; calls that need the center answer with a promise.
   */
  readonly call: <N extends CallName>(
    name: N,
    input: CallInput<N>,
    who: Who,
  ) => Answer<CallOutput<N>> | Promise<Answer<CallOutput<N>>>;
  /** Watches a topic. Topics of the board are empty until someone is signed in at the seat, and empty again afterwards. */
  readonly watch: (topic: string, who: Who, listener: (delta: Delta) => void) => Outcome<Watch>;
  /** Lets go of the store and of every timer. */
  readonly close: () => void;
}
