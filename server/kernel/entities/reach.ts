/** How far a caller sees among the rows of a kind: all of their organisation, one site's, one agency's, or their own. */
import { endsAtOwn } from '#domain/kernel/authorise.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { recordActions } from '#domain/modules.ts';
import type { Caller } from '../http/auth.ts';
import type { EntityColumns } from './columns.ts';

export interface Reach {
  /** Null for every site. */
  readonly site: string | null;
  /** Null for every agency. */
  readonly agency: string | null;
  /** The person whose own alone they see; null for everybody's. */
  readonly own: string | null;
}

/** `through`: the roles by which the caller may read the kind. */
export function reachOf({ entity }: EntityColumns, caller: Caller, through: readonly Role[]): Reach {
  if (caller.kind !== 'user') return { site: caller.site, agency: null, own: null };
  const read = recordActions(entity.kind)?.read;
  return {
    site: caller.site,
    agency: entity.reach === 'agency' ? caller.agency : null,
    own: read && endsAtOwn(read, through) ? caller.user : null,
  };
}

/**
 * SQL that holds of a row `t` within reach; `of` gives the SQL of each bound, which may be null. `$1` is the organisation.
 * `unclaimed`: whether what is nobody's yet is shown to those who see their own alone: in a list it is, to be claimed.
 */
export function withinReach(
  { entity }: EntityColumns,
  of: (bound: keyof Reach) => string,
  unclaimed: 'shown' | 'left out',
): string {
  const site = of('site');
  const bounds = [`(${site} is null or t.site = ${site})`];
  if (entity.reach === 'agency') {
    const agency = of('agency');
    bounds.push(`(${agency} is null or t.body ->> 'unit' in
      (select u.id from cad.roster_unit u where u.org = $1 and u.body ->> 'agency' = ${agency}))`);
  }
  if (entity.own.length > 0) {
    const own = of('own');
    const nobodys = unclaimed === 'shown' ? " or t.body ->> 'author' is null" : '';
    bounds.push(`(${own} is null or t.body ->> 'author' = ${own}${nobodys})`);
  }
  return bounds.join(' and ');
}
