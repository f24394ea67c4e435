/** How far a caller sees among the rows of a kind: all of their organisation, one site's, or one agency's. */
import type { Caller } from '../http/auth.ts';
import type { EntityColumns } from './columns.ts';

export interface Reach {
  /** Null for every site. */
  readonly site: string | null;
  /** Null for every agency. */
  readonly agency: string | null;
}

export function reachOf({ entity }: EntityColumns, caller: Caller): Reach {
  const byAgency = caller.kind === 'user' && entity.reach === 'agency';
  return { site: caller.site, agency: byAgency ? caller.agency : null };
}

/** SQL that holds of a row `t` within reach; `of` gives the SQL of either bound, which may be null. `$1` is the organisation. */
export function withinReach({ entity }: EntityColumns, of: (bound: keyof Reach) => string): string {
  const site = of('site');
  const atSite = `(${site} is null or t.site = ${site})`;
  if (entity.reach !== 'agency') return atSite;
  const agency = of('agency');
  return `${atSite} and (${agency} is null or t.body ->> 'unit' in
    (select u.id from cad.roster_unit u where u.org = $1 and u.body ->> 'agency' = ${agency}))`;
}
