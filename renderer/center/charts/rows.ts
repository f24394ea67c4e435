/** Charts as a list and a page say them. Pure. */
import type { TimeElement } from '#domain/cad/status.ts';
import type { ChartOut } from '#domain/epcr/api.ts';
import { allowed, CREW, type Role } from '#domain/kernel/permission.ts';
import { TIME_NAMES } from '../../features/incident/times.ts';

export type Whose = 'unclaimed' | 'mine' | 'all';

/** Whose charts somebody can ask for, the first of them first: only who is of a crew has any of their own. */
export function viewsFor(roles: readonly Role[]): readonly Whose[] {
  return allowed(roles, CREW) ? ['unclaimed', 'mine', 'all'] : ['all', 'unclaimed'];
}

export function authorSaid({ author }: Pick<ChartOut, 'author'>, me: string): string {
  if (author === null) return 'nobody’s yet';
  return author.person === me ? 'yours' : author.name;
}

/** What a chart is called in words: its incident and the unit that ran it. */
export const chartSaid = ({ number, callsign }: Pick<ChartOut, 'number' | 'callsign'>): string =>
  `${number} ${callsign}`;

/** The times of a run that were recorded, in the order in which they happen. */
export function timesSaid(
  times: { readonly [E in TimeElement]?: number | undefined },
): readonly (readonly [string, number])[] {
  return (Object.keys(TIME_NAMES) as TimeElement[]).flatMap((element) => {
    const at = times[element];
    return at === undefined ? [] : [[TIME_NAMES[element], at] as const];
  });
}
