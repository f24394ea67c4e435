/** What a session has proven so far, and proving more in it. */
import type { IdentityTx } from '../tables.ts';

/** Notes in a session that its holder proved who they are, by these methods. `now` ms UTC. */
export async function proveIn(trx: IdentityTx, session: string, by: readonly string[], now: number): Promise<void> {
  const held = await trx
    .selectFrom('identity.session')
    .select('amr')
    .where('id', '=', session)
    .forUpdate()
    .executeTakeFirstOrThrow();
  await trx
    .updateTable('identity.session')
    .set({ proven_at: now, amr: [...new Set([...held.amr, ...by])] })
    .where('id', '=', session)
    .execute();
}
