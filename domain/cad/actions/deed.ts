/** What an action decides, before any fact exists. */
import type { Decision } from '../../kernel/decision.ts';
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
}

/** A gate asks first. Goes to the window as a refusal whose code is `confirm.needed`, with the decision beside it. */
export interface Asks {
  readonly ok: false;
  readonly refusal: Refusal;
  readonly decision: Decision;
}

export type Decided = Outcome<Deed> | Asks;

/** What an action needs from outside: the corrected clock (ms UTC), new ids, and the next leased incident number. */
export interface Means {
  readonly now: number;
  readonly newId: () => string;
  readonly takeNumber: () => string;
}

export type Decide<I> = (input: I, world: World, means: Means) => Decided;

export function asks(decision: Decision): Asks {
  const message = decision.rules
    .filter((rule) => rule.verdict === decision.verdict)
    .map((rule) => rule.reason)
    .join(' ');
  return { ok: false, refusal: { code: 'confirm.needed', message }, decision };
}
