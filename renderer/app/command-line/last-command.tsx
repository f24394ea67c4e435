import type { ReactNode } from 'react';
import { useZone } from '../clock/clock.ts';
import { clockTime } from '../clock/format.ts';
import { type Echo, useEcho } from './echo.ts';

function toneOf({ ok, warned }: Echo): string {
  if (!ok) return 'said-refused';
  return warned === '' ? 'said-done' : 'said-warned';
}

/** What was last done, or refused, and when. */
export function LastCommand(): ReactNode {
  const zone = useZone();
  const { last } = useEcho();
  return (
    <span
      role="status"
      aria-label="Last command"
      className={last === null ? 'muted' : toneOf(last)}
      title={last ? [last.said, last.warned].filter(Boolean).join('. ') : undefined}
    >
      {last === null ? 'nothing entered yet' : `${last.ok ? '✓' : '✗'} ${clockTime(last.at, zone)} ${last.said}`}
      {last?.warned ? <b> — {last.warned}</b> : null}
    </span>
  );
}
