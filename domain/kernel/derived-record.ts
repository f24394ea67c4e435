/** Records that the center alone makes, from what happened, and that stations hold to show them. */
import type { z } from 'zod';
import type { EntityType } from './module.ts';

const YEAR = 365;

/**
 * The entity type of a record that the center alone makes, of facts: nobody creates or changes one by its API, and stations
 * hold it.
 */
export function derivedRecord(
  kind: string,
  title: string,
  table: string,
  body: z.ZodType,
  of: Pick<EntityType, 'classification' | 'read' | 'reach'> & Partial<Pick<EntityType, 'own'>>,
): EntityType {
  return {
    kind,
    title,
    source: 'record',
    table,
    body,
    encrypt: [],
    stationHeld: true,
    retentionDays: 7 * YEAR,
    write: [],
    own: [],
    ...of,
  };
}
