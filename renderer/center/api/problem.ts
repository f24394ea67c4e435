/** A no of the center, as its answers say it (RFC 9457), and what stands in for one where it does not answer at all. */
import { z } from 'zod';
import { DecisionSchema } from '#domain/kernel/decision.ts';

export const ProblemSchema = z.object({
  status: z.int(),
  /** Stable, for programs: `step_up.needed`, `role.missing`… */
  code: z.string(),
  /** One sentence: what is wrong and what to do. */
  detail: z.string(),
  field: z.string().optional(),
  decision: DecisionSchema.optional(),
  request: z.string().optional(),
  /** With `second_factor.needed`: what has to be given besides; read where it is asked for. */
  secondFactor: z.unknown().optional(),
});
export type Problem = z.infer<typeof ProblemSchema>;

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** What to say where the answer is not one of the center's own. */
export function strangeAnswer(status: number): Problem {
  return {
    status,
    code: 'answer.strange',
    detail: 'What came back is not an answer that this page can read. Load it again; it may be older than the center.',
  };
}

export const UNREACHABLE: Problem = {
  status: 0,
  code: 'center.unreachable',
  detail: 'The center does not answer. What you typed stays; try again when it does.',
};

/** Of an answer that had begun, to what changes something: nobody knows here whether it was done. */
export const CUT_OFF: Problem = {
  status: 0,
  code: 'answer.cut',
  detail: 'The answer broke off, so it may have been done or not. Look before you try it again.',
};

/** The same of what is only read. */
export const READ_CUT_OFF: Problem = { status: 0, code: 'read.cut', detail: 'The answer broke off. Try again.' };

/** Reasons of the decision that the sentence does not say already. */
export function reasonsBeside(problem: Problem): readonly string[] {
  const reasons = (problem.decision?.rules ?? []).filter((rule) => rule.verdict !== 'ALLOW').map((rule) => rule.reason);
  return [...new Set(reasons)].filter((reason) => reason !== problem.detail);
}
