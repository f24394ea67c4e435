import type { ReactNode } from 'react';
import { useNow } from '../app/clock/clock.ts';
import { elapsed, type Lateness, lateness } from '../app/clock/format.ts';

const WORDS: { readonly [L in Lateness]: string } = { calm: '', amber: 'getting late', red: 'late' };

/** A running time; amber near its limit, white on red past it. Limits in seconds. */
export function Elapsed({
  since,
  limits,
}: {
  readonly since: number;
  readonly limits: readonly [number | null, number | null] | null;
}): ReactNode {
  const span = useNow() - since;
  const late = lateness(span, limits);
  return (
    <span className={`time time-${late}`} title={WORDS[late] || undefined}>
      {elapsed(span)}
    </span>
  );
}
