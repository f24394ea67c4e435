/** Acts that no row tells by itself, written into the audit with whoever the transaction works for. */
import { sql } from 'kysely';
import type { IdentityTx } from './tables.ts';

/** Records in the audit what was done and is no change of a row, in the transaction of what was done. */
export async function actIn(
  trx: IdentityTx,
  table: string,
  row: string | null,
  what: { readonly act: string; readonly [detail: string]: unknown },
): Promise<void> {
  await sql`select audit.note_act('act', ${table}, ${row}, ${JSON.stringify(what)}::jsonb)`.execute(trx);
}
