import { useCallback } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { rowSaid } from './row-said.ts';

/** {@link rowSaid} by the clock of this window; the very same function for as long as its zone is. */
export function useRowSaid(): (row: IncidentRow) => string {
  const zone = useZone();
  return useCallback((row) => rowSaid(row, now(), zone), [zone]);
}
