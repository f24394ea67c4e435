/** A part of what is open at the side: what it is, or why the one who looks does not see it. */
import type { ReactNode } from 'react';
import type { Problem } from '../api/problem.ts';
import { Refused } from './refused.tsx';

export function DetailPart({
  title,
  whyNot = null,
  problem = null,
  children,
}: {
  readonly title: string;
  readonly whyNot?: string | null;
  readonly problem?: Problem | null;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <section aria-label={title} className="detail-part">
      <h3>{title}</h3>
      {whyNot !== null ? <p className="muted">{whyNot}</p> : problem ? <Refused problem={problem} /> : children}
    </section>
  );
}
