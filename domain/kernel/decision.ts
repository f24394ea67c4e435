/** What a gate says before a fact exists. Gates warn, ask and hold; a fact once made is never refused. */
import { z } from 'zod';

const VERDICTS = ['ALLOW', 'WARN', 'REQUIRE_CONFIRMATION', 'BLOCK'] as const;
const RuleSchema = z.object({
  /** `name@version` of the rule that spoke. */
  rule: z.string(),
  verdict: z.enum(VERDICTS),
  /** One sentence for the person at the console. */
  reason: z.string(),
  /** What the rule looked at, by reference. */
  evidence: z.array(z.string()),
});
export const DecisionSchema = z.object({
  verdict: z.enum(VERDICTS),
  rules: z.array(RuleSchema),
  /** Names of the actions open to this user now, e.g. `confirm`, `choose another unit`. */
  next: z.array(z.string()),
});
export type Decision = z.infer<typeof DecisionSchema>;
export type Rule = z.infer<typeof RuleSchema>;

/** The rules of a decision as a window gives them back, once what they say was confirmed there. */
export const ConfirmedRulesSchema = z
  .array(
    RuleSchema.extend({
      rule: z.string().max(80),
      reason: z.string().max(8_000),
      evidence: z.array(z.string().max(256)).max(1_000),
    }).strict(),
  )
  .max(400);

/** The packet of several rules: the strictest verdict wins. */
export function decide(rules: readonly Rule[], next: readonly string[] = []): Decision {
  const worst = rules.reduce((max, rule) => Math.max(max, VERDICTS.indexOf(rule.verdict)), 0);
  return { verdict: VERDICTS[worst] ?? 'ALLOW', rules: [...rules], next: [...next] };
}

/** Why the verdict is what it is: the sentences of the rules that came to it. */
export function reasonsOf({ verdict, rules }: Decision): string {
  return rules
    .filter((rule) => rule.verdict === verdict)
    .map((rule) => rule.reason)
    .join(' ');
}

/** One packet of several. */
export function together(decisions: readonly Decision[]): Decision {
  return decide(
    decisions.flatMap(({ rules }) => rules),
    [...new Set(decisions.flatMap(({ next }) => next))],
  );
}
