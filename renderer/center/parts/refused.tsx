import type { ReactNode } from 'react';
import { type Problem, reasonsBeside } from '../api/problem.ts';

/** What an empty list says before its answer: nothing where a refusal stands over it. */
export const unanswered = (problem: Problem | null): string => (problem ? '' : 'The center has not answered yet.');

/** A refusal in words: its sentence, and the reasons of the decision where there are more. */
export function Refused({ problem }: { readonly problem: Problem }): ReactNode {
  const reasons = reasonsBeside(problem);
  return (
    <div role="alert" className="error-line">
      <p>{problem.detail}</p>
      {reasons.length > 0 ? (
        <ul className="reasons">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
