/** Incidents page by page, or those that were looked for. */
import { useEffect, useState } from 'react';
import type { Problem } from '../api/problem.ts';
import { useAnswer, useCenter } from '../api/use-center.ts';
import type { Wanted } from './find-form.tsx';
import { type Incident, IncidentsSchema } from './rows.ts';

const LOOK_AGAIN_MS = 30_000;
const PAGE = 50;

export interface Incidents {
  /** Null until the first answer. */
  readonly incidents: readonly Incident[] | null;
  readonly problem: Problem | null;
  /** Where the next page begins; null on the last. */
  readonly next: string | null;
}

/** The newest first; `after`: where the page begins. */
export function useIncidents(wanted: Wanted | null, after: string | undefined): Incidents {
  const query = new URLSearchParams({
    sort: '-answeredAt',
    limit: String(PAGE),
    ...(wanted?.by === 'number' ? { 'filter[number]': wanted.text } : {}),
    ...(after === undefined ? {} : { after }),
  });
  const byCallback = useByCallback(wanted?.by === 'callback' ? wanted.text : null);
  const page = useAnswer(
    IncidentsSchema,
    wanted?.by === 'callback' ? null : `/v1/entities/incident?${query.toString()}`,
    { every: LOOK_AGAIN_MS },
  );
  if (byCallback) return byCallback;
  return { incidents: page.value?.items ?? null, problem: page.problem, next: page.value?.next ?? null };
}

const ASKING: Incidents = { incidents: null, problem: null, next: null };

/** Asked once: a number names a person, so it is in no address, and who looked for it is noted each time. */
function useByCallback(callback: string | null): Incidents | null {
  const center = useCenter();
  const [found, setFound] = useState<{ readonly callback: string; readonly said: Incidents } | null>(null);
  useEffect(() => {
    if (callback === null) return;
    let newest = true;
    const path = '/v1/entities/incident/search';
    void center.ask({ path, body: { callback, limit: 100 }, answer: IncidentsSchema }).then((answer) => {
      if (!newest) return;
      const said = answer.ok
        ? { ...ASKING, incidents: answer.value.items }
        : { ...ASKING, incidents: [], problem: answer.problem };
      setFound({ callback, said });
    });
    return () => {
      newest = false;
    };
  }, [center, callback]);
  if (callback === null) return null;
  return found?.callback === callback ? found.said : ASKING;
}
