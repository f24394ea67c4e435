/** Every stretch of the rows, one after the other. */
import type { EntityRef } from '#domain/kernel/ids.ts';
import type { Database, Scope } from '../../db/database.ts';
import type { KeyTools } from '../../intake/pg/step-keys.ts';
import { type Place, type VerifiedRows, verifyRows } from '../rows.ts';

/** `limit`: entities in one stretch at most. */
export async function verifyAllRows(
  db: Database,
  tools: KeyTools,
  scope: Scope,
  limit = Number.MAX_SAFE_INTEGER,
): Promise<{ readonly different: readonly EntityRef[]; readonly entities: number; readonly stretches: number }> {
  const different: EntityRef[] = [];
  let entities = 0;
  let after: Place | null = null;
  for (let stretches = 1; ; stretches++) {
    const said: VerifiedRows = await verifyRows(db, tools, scope, { after, limit });
    entities += said.entities;
    different.push(...said.different);
    if (said.next === null) return { different, entities, stretches };
    after = said.next;
  }
}
