/** Charts as a list and a page say them. Pure. */
import type { ChartOut } from '#domain/epcr/api.ts';
import { allowed, CREW, type Role } from '#domain/kernel/permission.ts';

export type Whose = 'unclaimed' | 'mine' | 'all';

/** Whose charts somebody can ask for, the first of them first: only who is of a crew has any of their own. */
export function viewsFor(roles: readonly Role[]): readonly Whose[] {
  return allowed(roles, CREW) ? ['unclaimed', 'mine', 'all'] : ['all', 'unclaimed'];
}

export function authorSaid({ author }: Pick<ChartOut, 'author'>, me: string): string {
  if (author === null) return 'nobody’s yet';
  return author.person === me ? 'yours' : author.name;
}

/** What a chart is called in words: its incident, the unit that ran it, and of several patients which. */
export const chartSaid = ({
  number,
  callsign,
  patient,
  patients,
}: Pick<ChartOut, 'number' | 'callsign' | 'patient' | 'patients'>): string =>
  `${number} ${callsign}${patients > 1 ? `, patient ${patient}` : ''}`;
