import { useMemo } from 'react';
import { useIncidents, useUnits } from '../../app/connection/use-station.ts';
import { type ToSettle, toSettleOf } from './to-settle.ts';

export function useToSettle(): readonly ToSettle[] {
  const incidents = useIncidents();
  const units = useUnits();
  return useMemo(() => toSettleOf(Object.values(incidents), Object.values(units)), [incidents, units]);
}
