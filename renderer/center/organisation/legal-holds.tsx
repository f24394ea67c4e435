/** The legal holds that stand in the organisation: while there is one, its keys are not destroyed. */
import type { ReactNode } from 'react';
import { CAD_ACTIONS } from '#domain/cad/actions-at-center.ts';
import { HoldsOutSchema } from '#domain/cad/keeping-api.ts';
import { useNow, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useAnswer } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';

/** As a row of what is known; null where nothing stands, or nobody may know. */
export function useLegalHolds(): readonly [string, ReactNode] | null {
  const may = useMay();
  const now = useNow();
  const zone = useZone();
  const path = may(CAD_ACTIONS['holds.read'], { site: null }) === null ? '/v1/holds' : null;
  const { value } = useAnswer(HoldsOutSchema, path);
  if (!value || value.items.length === 0) return null;
  const list = (
    <ul key="holds" className="legal-holds">
      {value.items.map(({ hold, incident, number, reason, placedAt }) => (
        <li key={hold}>
          <a href={`#/incidents/${encodeURIComponent(incident)}`} className="mono">
            {number ?? incident}
          </a>{' '}
          {reason}, since {when(placedAt, now, zone)}
        </li>
      ))}
    </ul>
  );
  return ['Legal holds', list];
}
