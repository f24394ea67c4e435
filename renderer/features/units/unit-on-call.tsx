import type { ReactNode } from 'react';
import type { UnitChip } from '#domain/bridge/topics.ts';
import { UnitTag } from '../../ui/chips.tsx';
import type { Statuses } from './statuses.ts';

/** A unit that is or was on a call, by its callsign and where its run stands, as its own agency calls and colours that. */
export function UnitOnCall({
  unit,
  statuses,
}: {
  readonly unit: Pick<UnitChip, 'unit' | 'callsign' | 'code'>;
  readonly statuses: Statuses;
}): ReactNode {
  return <UnitTag callsign={unit.callsign} code={unit.code} {...statuses.look(unit.unit, unit.code)} />;
}
