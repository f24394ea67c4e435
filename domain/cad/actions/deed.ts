/** What an action decides, before any fact exists. */
import { type Decision, reasonsOf } from '../../kernel/decision.ts';
import type { FactDraft } from '../../kernel/fact.ts';
import type { Outcome, Refusal } from '../../kernel/refusal.ts';
import type { World } from '../views/world.ts';

/** What is to be appended, all or nothing and in this order, and what the console then says. Ids are bare, as in rows. */
export interface Deed {
  /** May be empty: what was asked for stands already. */
  readonly drafts: readonly FactDraft[];
  /** One plain sentence for the echo. */
  readonly said: string;
  readonly incident?: string;
  readonly number?: string;
  readonly assignments?: readonly string[];
  /** Incidents are to be looked for by this: topic `findTopic`. */
  readonly find?: string;
  /** What a gate warned of and did not hold up. */
  readonly warned?: Decision;
}

/**
 * A gate spoke, and nothing was drafted. Goes to the window as a refusal with the decision beside it: `confirm.needed` where
 * a confirmation lets it through, `fact.held_back` where none does.
 */
export interface Gated {
  readonly ok: false;
  readonly refusal: Refusal;
  readonly decision: Decision;
}

export type Decided = Outcome<Deed> | Gated;

/** What an action needs from outside: the corrected clock (ms UTC), new ids, and the next leased incident number. */
export interface Means {
  readonly now: number;
  readonly newId: () => string;
  readonly takeNumber: () => string;
}

export type Decide<I> = (input: I, world: World, means: Means) => Decided;

const gated = (code: string, decision: Decision): Gated => ({
  ok: false,
  refusal: { code, message: reasonsOf(decision) },
  decision,
});

export const asks = (decision: Decision): Gated => gated('confirm.needed', decision);
export const heldBack = (decision: Decision): Gated => gated('fact.held_back', decision);
