import type { ReactNode } from 'react';

/** An incident's number; where a tab has little room its year is not in sight. Nothing where there is none yet. */
export function NumberInTab({
  number,
  className = '',
}: {
  readonly number: string;
  readonly className?: string;
}): ReactNode {
  const [, year = '', rest = number] = /^(\d{2,4}-)(.+)$/.exec(number) ?? [];
  return (
    <span className={`mono ${className}`}>
      <span className="if-room">{year}</span>
      {rest}
    </span>
  );
}
