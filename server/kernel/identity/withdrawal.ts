/** Withdrawing a right: its sessions end, and what is written under them or their grants from now on is contested. */
import type { Role } from '#domain/kernel/permission.ts';
import type { IdentityTx } from './tables.ts';

/** Ends all that a person, or a station, was given. Facts made before `now` keep their standing. */
export async function withdraw(
  trx: IdentityTx,
  from: { readonly person: string } | { readonly station: string },
  now: number,
): Promise<void> {
  const [column, value] = 'person' in from ? (['person', from.person] as const) : (['station', from.station] as const);
  await trx
    .updateTable('identity.session')
    .set({ ended_at: now, end_reason: 'withdrawn' })
    .where(column, '=', value)
    .where('ended_at', 'is', null)
    .execute();
  await trx
    .updateTable('kernel.standing')
    .set({ valid_until: now })
    .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', now)]))
    .where((where) =>
      where.or([
        where('session', 'in', (sub) => sub.selectFrom('identity.session').select('id').where(column, '=', value)),
        where('session', 'in', (sub) =>
          sub.selectFrom('identity.offline_grant').select('id').where(column, '=', value),
        ),
      ]),
    )
    .execute();
}

/** Roles as the tables keep them: none twice, in one order. */
export function ordered(roles: readonly Role[]): Role[] {
  return [...new Set(roles)].sort();
}
