import { useCallback, useEffect, useRef, useState } from 'react';
import { type AuditEntry, AuditPageSchema } from '#domain/identity/api/audit.ts';
import { useZone } from '../../app/clock/clock.ts';
import type { Problem } from '../api/problem.ts';
import { useCenter } from '../api/use-center.ts';
import { type AuditTyped, queryOf } from './search-query.ts';

const PAGE = 100;

export interface AuditFound {
  readonly entries: readonly AuditEntry[] | null;
  readonly problem: Problem | null;
  readonly more: (() => void) | null;
}

/**
 * Entries that match, newest first, a page at a time. Asked once for each search and never by itself: that somebody looked is
 * an entry of its own.
 */
export function useAudit(search: AuditTyped): AuditFound {
  const center = useCenter();
  const asked = queryOf(search, useZone()).toString();
  const [entries, setEntries] = useState<readonly AuditEntry[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const newest = useRef(0);
  // Searched again, it is asked again, though it be the same.
  // biome-ignore lint/correctness/useExhaustiveDependencies: every search counts
  const ask = useCallback(
    async (after: string | null): Promise<void> => {
      newest.current += 1;
      const mine = newest.current;
      const query = new URLSearchParams(asked);
      query.set('limit', String(PAGE));
      if (after !== null) query.set('after', after);
      const answer = await center.ask({ path: `/v1/audit/entries?${query.toString()}`, answer: AuditPageSchema });
      if (mine !== newest.current) return;
      setProblem(answer.ok ? null : answer.problem);
      if (!answer.ok) return;
      setNext(answer.value.next);
      setEntries((before) => (after === null ? answer.value.items : [...(before ?? []), ...answer.value.items]));
    },
    [center, search, asked],
  );
  useEffect(() => {
    void ask(null);
  }, [ask]);
  return { entries, problem, more: next === null ? null : () => void ask(next) };
}
