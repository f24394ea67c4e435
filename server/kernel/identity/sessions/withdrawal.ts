/** Withdrawing a right: its sessions end, and what is written under them or their grants from now on is contested. */
import type { Role } from '#domain/kernel/permission.ts';
import type { IdentityTx } from '../tables.ts';

/** A session that was ended by somebody else than its holder. */
export interface Ended {
  readonly session: string;
  /** The workstation that has it; null where none has. */
  readonly station: string | null;
}

/** Why a session ended that its holder did not end, and by whom; null for the center itself. */
export interface Why {
  readonly reason: 'withdrawn' | 'revoked';
  readonly by: string | null;
}

type Of = 'person' | 'station' | 'session';

/**
 * Ends all that a person, or a station, was given. Facts made before `now` keep their standing. That a person lost something then
 * is kept with them: a sign-in that a backup has forgotten ends with it, too.
 */
export async function withdraw(
  trx: IdentityTx,
  from: { readonly person: string } | { readonly station: string },
  now: number,
): Promise<readonly Ended[]> {
  const why: Why = { reason: 'withdrawn', by: null };
  if (!('person' in from)) return endGiven(trx, 'station', [from.station], why, now);
  await trx
    .updateTable('identity.person')
    .set({ withdrawn_at: now })
    .where('id', '=', from.person)
    // Where the change that took it away has said so, the audit has one entry of it.
    .where('withdrawn_at', 'is distinct from', now)
    .execute();
  return endGiven(trx, 'person', [from.person], why, now);
}

/** Ends these sessions with the grants given in them; others of the person go on. */
export async function revokeSessions(
  trx: IdentityTx,
  sessions: readonly string[],
  why: Why,
  now: number,
): Promise<readonly Ended[]> {
  return sessions.length === 0 ? [] : endGiven(trx, 'session', sessions, why, now);
}

async function endGiven(
  trx: IdentityTx,
  of: Of,
  values: readonly string[],
  { reason, by }: Why,
  now: number,
): Promise<readonly Ended[]> {
  const column = of === 'session' ? 'id' : of;
  const ended = await trx
    .updateTable('identity.session')
    .set({ ended_at: now, end_reason: reason, ended_by: by })
    .where(column, 'in', values)
    .where('ended_at', 'is', null)
    .returning(['id as session', 'station'])
    .execute();
  await trx
    .updateTable('kernel.standing')
    .set({ valid_until: now })
    .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', now)]))
    .where((where) =>
      where.or([
        where('session', 'in', (sub) => sub.selectFrom('identity.session').select('id').where(column, 'in', values)),
        where('session', 'in', (sub) => sub.selectFrom('identity.offline_grant').select('id').where(of, 'in', values)),
      ]),
    )
    .execute();
  return ended;
}

/** Codes that a person made and nobody has used yet are void: none opens a door for whoever may not open it any more. */
export async function withdrawCodes(trx: IdentityTx, person: string, now: number): Promise<void> {
  await trx
    .updateTable('identity.invitation')
    .set({ revoked_at: now })
    .where('made_by', '=', person)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute();
  await trx
    .updateTable('identity.password_reset')
    .set({ revoked_at: now })
    .where('made_by', '=', person)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute();
  await trx
    .updateTable('identity.enrolment_code')
    .set({ expires_at: now })
    .where('made_by', '=', person)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
}

/** Codes by which somebody would set this person's password are void. */
export async function voidResets(trx: IdentityTx, person: string, now: number): Promise<void> {
  await trx
    .updateTable('identity.password_reset')
    .set({ revoked_at: now })
    .where('person', '=', person)
    .where('used_at', 'is', null)
    .where('revoked_at', 'is', null)
    .execute();
}

/** Sessions of a person that go on, or whose grants still let them in somewhere. */
export async function lasting(trx: IdentityTx, person: string, now: number): Promise<readonly string[]> {
  const rows = await trx
    .selectFrom('identity.session')
    .select('id')
    .where('person', '=', person)
    .where('ended_at', 'is', null)
    .union(
      trx
        .selectFrom('identity.offline_grant')
        .select('session as id')
        .where('person', '=', person)
        .where('expires_at', '>', now),
    )
    .execute();
  return rows.map(({ id }) => id);
}

/** Roles as the tables keep them: none twice, in one order. */
export function ordered(roles: readonly Role[]): Role[] {
  return [...new Set(roles)].sort();
}
