import type { UnitRow } from '../../bridge/topics.ts';

/**
 * Whether a unit can be sent as one that is available. One that called for help moves no status by it, and is not: it is looked
 * for until its emergency is over. Pure.
 */
export const isAvailable = ({ standard, emergency }: Pick<UnitRow, 'standard' | 'emergency'>): boolean =>
  standard === 'available' && emergency === null;
