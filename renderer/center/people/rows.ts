/** People and those who are invited, as rows of one list. Pure. */
import type { InvitationOut, PersonOut } from '#domain/identity/api/people.ts';
import { ROLE_TITLES, type Role } from '#domain/kernel/permission.ts';

export type PeopleRow =
  | { readonly kind: 'person'; readonly id: string; readonly of: PersonOut }
  | { readonly kind: 'invitation'; readonly id: string; readonly of: InvitationOut };

export type PeopleState = 'active' | 'paused' | 'invited' | 'lapsed' | 'inactive';

/** Whoever waits for something first, then the active, then those who are gone. Accepted invitations are their people. */
export function peopleRows(
  people: readonly PersonOut[],
  invitations: readonly InvitationOut[],
  now: number,
): readonly PeopleRow[] {
  const rows: readonly PeopleRow[] = [
    ...people.map((of): PeopleRow => ({ kind: 'person', id: of.person, of })),
    ...invitations
      .filter(({ state }) => state === 'open' || state === 'expired')
      .map((of): PeopleRow => ({ kind: 'invitation', id: of.invitation, of })),
  ];
  const order: readonly PeopleState[] = ['paused', 'invited', 'lapsed', 'active', 'inactive'];
  return rows.toSorted(
    (a, b) =>
      order.indexOf(stateOf(a, now)) - order.indexOf(stateOf(b, now)) ||
      a.of.name.localeCompare(b.of.name, 'en', { numeric: true }),
  );
}

export function stateOf(row: PeopleRow, now: number): PeopleState {
  if (row.kind === 'invitation') return row.of.state === 'open' && row.of.expiresAt > now ? 'invited' : 'lapsed';
  if (!row.of.active) return 'inactive';
  return row.of.pausedUntil !== null && row.of.pausedUntil > now ? 'paused' : 'active';
}

export function rolesSaid(roles: readonly Role[]): string {
  return roles.map((role) => ROLE_TITLES[role]).join(', ');
}
