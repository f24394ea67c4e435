/** Whoever was let past the door is asked for once more where what they do outlives their session. */
import { Problem } from '../http/problem.ts';
import type { Acting } from './ports.ts';
import type { IdentityTx } from './tables.ts';

/**
 * Throws Problem `session.ended` where the session that acts was ended since the door let it in: by a withdrawal, its owner or an
 * administrator. One that stands is held until this transaction ends, so that who ends it waits, and then finds what was made
 * in it. Asked for after the rows of people that the transaction locks, as a withdrawal locks them.
 */
export async function mustStand(trx: IdentityTx, { session }: Pick<Acting, 'session'>): Promise<void> {
  if (session === undefined || session === null) return;
  const stands = await trx
    .selectFrom('identity.session')
    .select('id')
    .where('id', '=', session)
    .where('ended_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  if (stands) return;
  throw new Problem(401, 'session.ended', 'Your session was ended meanwhile, and this was not done; sign in again.');
}
