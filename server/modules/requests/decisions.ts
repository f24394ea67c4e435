/** The packets that requests are answered with. */
import { type Decision, decide } from '#domain/kernel/decision.ts';
import type { Json } from '#domain/kernel/json.ts';

/** What a handler decides; a refusal has no result. */
export interface Decided {
  readonly state: 'accepted' | 'refused';
  readonly decision: Decision;
  readonly result: { readonly [key: string]: Json } | null;
}

/** Accepted, with what is to be told of it. */
export function accepted(result: { readonly [key: string]: Json } | null = null): Decided {
  return { state: 'accepted', decision: decide([]), result };
}

/** Refused by one rule, `name@version`: the reason is one sentence, evidence names what the rule looked at. */
export function refusedBy(
  rule: string,
  reason: string,
  evidence: readonly string[] = [],
  next: readonly string[] = ['withdraw'],
): Decided {
  return {
    state: 'refused',
    decision: decide([{ rule, verdict: 'BLOCK', reason, evidence: [...evidence] }], next),
    result: null,
  };
}
