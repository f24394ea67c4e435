/**
 * Counting wrong passwords of an account where every node of the center sees them. Names that nobody has are counted too,
 * with the same work; they share a few rows, so that guessing names fills no table.
 */
import { sql } from 'kysely';
import { afterFailure, type Failures, isPaused, NO_FAILURES } from '#domain/identity/lockout.ts';
import { policyIn } from '../policy/policy.ts';
import { limitKey } from '../secrets.ts';
import type { IdentityTx } from '../tables.ts';

/** The organisation of a name that is in none. No organisation can be called so. */
export const NOWHERE = '-';

/** The way in that is tried; counted apart, so that nobody on the internet locks a dispatcher out of a console. */
export type Way = 'station' | 'api';

export interface Attempt {
  /** Sign-in is paused: whatever the password, it is refused. */
  readonly paused: boolean;
  /** Should this password be wrong, it is paused from now until then, ms UTC; null where it is not. */
  readonly pausesUntil: number | null;
  readonly before: Failures;
  readonly after: Failures;
}

/** What the attempts of a login are kept under, by the way in. */
export function accountOf(way: Way | 'nobody', login: string): string {
  const key = limitKey(way, login);
  return way === 'nobody' ? `nobody-${key.slice(0, 1)}` : key;
}

/**
 * Counts the attempt before the password is looked at, under the account's row lock, so that guesses sent at once count
 * one by one.
 */
export async function countAttempt(
  trx: IdentityTx,
  org: string,
  way: Way | 'nobody',
  login: string,
  now: number,
): Promise<Attempt> {
  const account = accountOf(way, login);
  await trx
    .insertInto('identity.sign_in_failures')
    .values({ org, account, times: [], paused_until: null })
    .onConflict((on) => on.columns(['org', 'account']).doNothing())
    .execute();
  const held = (await lockedFailures(trx, account)) ?? NO_FAILURES;
  const next = afterFailure(held, now, (await policyIn(trx)).lockout);
  await keepFailures(trx, account, next);
  const paused = isPaused(held, now);
  return { paused, pausesUntil: paused ? null : next.pausedUntil, before: held, after: next };
}

/** Nobody else counts until this transaction is over; null where nothing was ever counted. */
async function lockedFailures(trx: IdentityTx, account: string): Promise<Failures | null> {
  const row = await trx
    .selectFrom('identity.sign_in_failures')
    .selectAll()
    .where('account', '=', account)
    .forUpdate()
    .executeTakeFirst();
  return row ? { times: row.times.map(Number), pausedUntil: row.paused_until } : null;
}

async function keepFailures(trx: IdentityTx, account: string, { times, pausedUntil }: Failures): Promise<void> {
  await trx
    .updateTable('identity.sign_in_failures')
    .set({ times: [...times], paused_until: pausedUntil })
    .where('account', '=', account)
    .execute();
}

/** An attempt that turned out to be no wrong one counts no more; what others counted meanwhile stays. */
export async function takeBack(
  trx: IdentityTx,
  way: Way,
  login: string,
  { before, after, pausesUntil }: Attempt,
): Promise<void> {
  const account = accountOf(way, login);
  const now = await lockedFailures(trx, account);
  if (!now) return;
  const ownPause = pausesUntil !== null && now.pausedUntil === pausesUntil;
  const own = now.times.indexOf(after.times.at(-1) ?? -1);
  const times = ownPause ? before.times : now.times.filter((_, index) => index !== own);
  await keepFailures(trx, account, { times, pausedUntil: ownPause ? null : now.pausedUntil });
}

/** A right password ends the run; so does a supervisor. Returns how many runs there were. */
export async function forgetAttempts(trx: IdentityTx, login: string, ways: readonly Way[]): Promise<number> {
  const rows = await trx
    .deleteFrom('identity.sign_in_failures')
    .where(
      'account',
      'in',
      ways.map((way) => accountOf(way, login)),
    )
    .returning('account')
    .execute();
  return rows.length;
}

/**
 * Writes a refused sign-in down, and the pause where it began one. `person` null where nobody has the name. There is no
 * audit of nowhere: a row of its counts is written instead, which takes as long.
 */
export async function noteRefusal(
  trx: IdentityTx,
  org: string,
  person: string | null,
  attempt: Attempt,
  refusal: 'sign-in refused' | 'second factor refused' | 'step-up refused' = 'sign-in refused',
): Promise<void> {
  if (org === NOWHERE) {
    await trx
      .updateTable('identity.sign_in_failures')
      .set({ paused_until: null })
      .where('account', '=', accountOf('nobody', ''))
      .execute();
    return;
  }
  const { paused, pausesUntil } = attempt;
  const act = person !== null && pausesUntil !== null ? 'sign-in paused' : refusal;
  const after = JSON.stringify({ act, paused, until: pausesUntil });
  await sql`select audit.note_act('act', 'identity.person', ${person}, ${after}::jsonb)`.execute(trx);
}
