/** Errors of the center's HTTP as problem details (RFC 9457). What is thrown anywhere else is a plain 500 without internals. */
import type { SecondFactorNeeded } from '#domain/identity/api/mfa.ts';
import type { Decision } from '#domain/kernel/decision.ts';
import type { Outcome, Refusal } from '#domain/kernel/refusal.ts';

export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | undefined;
  readonly retryAfter: number | undefined;
  /** The packet under which it was refused, where a gate spoke. */
  readonly decision: Decision | undefined;
  /** What has to be given besides. */
  readonly secondFactor: SecondFactorNeeded | undefined;
  /** `message` is one sentence for the person at the other end: what is wrong and what to do. */
  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      readonly field?: string;
      readonly retryAfter?: number;
      readonly decision?: Decision;
      readonly secondFactor?: SecondFactorNeeded;
    } = {},
  ) {
    super(message);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.field = more.field;
    this.retryAfter = more.retryAfter;
    this.decision = more.decision;
    this.secondFactor = more.secondFactor;
  }
}

const TITLES: { readonly [status: number]: string } = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Not valid',
  429: 'Too many requests',
  500: 'Something went wrong here',
  503: 'Not ready',
};

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field?: string;
  readonly decision?: Decision;
  readonly secondFactor?: SecondFactorNeeded;
  readonly request: string;
}

export function problemBody(problem: Problem, request: string): ProblemBody {
  return {
    type: `urn:quantum-dispatch:problem:${problem.code}`,
    title: TITLES[problem.status] ?? 'Error',
    status: problem.status,
    code: problem.code,
    detail: problem.message,
    ...(problem.field === undefined ? {} : { field: problem.field }),
    ...(problem.decision === undefined ? {} : { decision: problem.decision }),
    ...(problem.secondFactor === undefined ? {} : { secondFactor: problem.secondFactor }),
    request,
  };
}

/** A refusal said at a door. */
export function problemOf(refusal: Refusal, status = 400): Problem {
  return new Problem(
    status,
    refusal.code,
    refusal.message,
    refusal.field === undefined ? {} : { field: refusal.field },
  );
}

/** What a refusal's code ends with, and the status that says the same. */
const STATUS_OF: readonly (readonly [string, number])[] = [
  ['.unknown', 404],
  ['.code', 403],
  ['.changed', 409],
];

/** The value, or the refusal thrown as a Problem: 422 unless `status` or the end of its code says another. */
export function taken<T>(outcome: Outcome<T>, status?: number): T {
  if (outcome.ok) return outcome.value;
  const { code } = outcome.refusal;
  throw problemOf(outcome.refusal, status ?? STATUS_OF.find(([end]) => code.endsWith(end))?.[1] ?? 422);
}
