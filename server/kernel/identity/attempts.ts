/** Counting wrong passwords of an account where every node of the center sees them. */
import { afterFailure, isPaused, NO_FAILURES } from './lockout.ts';
import { policyIn } from './policy.ts';
import type { IdentityTx } from './tables.ts';

/**
 * Counts the attempt before the password is looked at, under the account's row lock, so that guesses sent at once count
 * one by one. True where sign-in is paused.
 */
export async function countAttempt(trx: IdentityTx, org: string, account: string, now: number): Promise<boolean> {
  await trx
    .insertInto('identity.sign_in_failures')
    .values({ org, account, times: [], paused_until: null })
    .onConflict((on) => on.columns(['org', 'account']).doNothing())
    .execute();
  const row = await trx
    .selectFrom('identity.sign_in_failures')
    .selectAll()
    .where('account', '=', account)
    .forUpdate()
    .executeTakeFirst();
  const held = row ? { times: row.times, pausedUntil: row.paused_until } : NO_FAILURES;
  const next = afterFailure(held, now, (await policyIn(trx)).lockout);
  await trx
    .updateTable('identity.sign_in_failures')
    .set({ times: [...next.times], paused_until: next.pausedUntil })
    .where('account', '=', account)
    .execute();
  return isPaused(held, now);
}

/** A right password ends the run. */
export async function forgetAttempts(trx: IdentityTx, account: string): Promise<void> {
  await trx.deleteFrom('identity.sign_in_failures').where('account', '=', account).execute();
}
