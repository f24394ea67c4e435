import type { ReactNode } from 'react';
import { State } from '../parts/rows.tsx';
import { Invite } from '../people/invite.tsx';
import { rolesSaid } from '../people/rows.ts';
import type { SiteRecords } from './steps.ts';

/** Who works at this PSAP, and a form for one more. */
export function PeopleStep({ records }: { readonly records: SiteRecords }): ReactNode {
  const here = records.staff.filter(
    ({ site, state }) => (site === records.site || site === null) && state !== 'inactive',
  );
  return (
    <div className="stack">
      <Invite sites={[{ site: records.site, name: records.name }]} site={records.site} />
      <ul className="lines" aria-label="People of this PSAP">
        {here.map((one) => (
          <li key={one.id}>
            <span>
              <a href={`#/people/${encodeURIComponent(one.id)}`}>{one.name}</a>{' '}
              <span className="muted">{rolesSaid(one.roles)}</span>
            </span>
            {one.state === 'invited' ? <State tone="amber">invited</State> : <State tone="good">active</State>}
          </li>
        ))}
      </ul>
    </div>
  );
}
