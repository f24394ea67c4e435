/**
 * What was confirmed, as the fact that it led to keeps it: for whoever asks later whether they had been warned (ADR 0039).
 *
 * Invariant: nothing is written as confirmed but what a window says it showed and what the gate says still; and nothing goes
 * through on a confirmation that was given before it came up.
 */
import type { Decision, Rule } from '../../kernel/decision.ts';
import type { Json } from '../../kernel/json.ts';
import { MOST_CONFIRMED, MOST_CONFIRMED_TEXT } from '../facts.ts';

/** Of the rules that were shown, the one that said this: it may have been said in other words, or of more. */
function shownAs(rule: Rule, shown: readonly Rule[]): Rule | undefined {
  return shown.find((one) => one.rule === rule.rule && rule.evidence.every((of) => one.evidence.includes(of)));
}

const heldUpBy = ({ rules }: Decision): readonly Rule[] =>
  rules.filter(({ verdict }) => verdict === 'REQUIRE_CONFIRMATION');

/**
 * Whether a confirmation is for all that holds it up. `shown`: the rules of the decision that was shown; undefined where nobody
 * was shown one, as when a day is replayed, and the confirmation is for whatever it is.
 */
export function isConfirmed(gate: Decision, shown: readonly Rule[] | undefined): boolean {
  return shown === undefined || heldUpBy(gate).every((rule) => shownAs(rule, shown));
}

/** For the body of the fact: what a gate says and was shown before it was confirmed, in the words that it was shown in. */
export function confirmationIn(gate: Decision, shown: readonly Rule[] | undefined): Json | undefined {
  const kept = gate.rules.flatMap((rule) => {
    const as = shownAs(rule, shown ?? []);
    return as ? [{ rule: rule.rule, said: as.reason.slice(0, MOST_CONFIRMED_TEXT).toWellFormed() }] : [];
  });
  return kept.length > 0 ? kept.slice(0, MOST_CONFIRMED) : undefined;
}
