/** Whoever was let past the door is asked for once more where what they do outlives their session. */
import { CompiledQuery } from 'kysely';
import type { Asking } from '../db/flight.ts';
import { Problem } from '../http/problem.ts';
import type { Acting } from './ports.ts';
import type { IdentityTx } from './tables.ts';

type InSession = Pick<Acting, 'session'>;

const STANDS = 'select id from identity.session where id = $1 and ended_at is null for share';

/**
 * Throws Problem `session.ended` where the session that acts was ended since the door let it in: by a withdrawal, its owner or an
 * administrator. One that stands is held until this transaction ends, so that who ends it waits, and then finds what was made
 * in it. Asked for after the rows of people that the transaction locks, as a withdrawal locks them.
 */
export async function mustStand(trx: Pick<IdentityTx, 'executeQuery'>, { session }: InSession): Promise<void> {
  if (session === undefined || session === null) return;
  found((await trx.executeQuery(CompiledQuery.raw(STANDS, [session]))).rows);
}

/** The same in a transaction that asks by hand: a step of intake, or a plain client. */
export async function mustStandBeside(client: Asking, { session }: InSession): Promise<void> {
  if (session === undefined || session === null) return;
  found((await client.query({ name: 'session.stands', text: STANDS, values: [session] })).rows);
}

function found(rows: readonly unknown[]): void {
  if (rows.length > 0) return;
  throw new Problem(401, 'session.ended', 'Your session was ended meanwhile, and this was not done; sign in again.');
}
