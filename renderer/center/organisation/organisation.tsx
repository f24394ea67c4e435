import type { ReactNode } from 'react';
import { type OrganisationState, STATE_ALLOWS, STATE_WORDS } from '#domain/kernel/organisation.ts';
import { useNow, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { useOrganisation } from '../frame/me.ts';
import { go } from '../frame/route.ts';
import { ListDetail, useInHand } from '../parts/list-detail.tsx';
import { Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { Known, State, type Tone } from '../parts/rows.tsx';
import { IncidentsKept } from './incidents-kept.tsx';
import { useLegalHolds } from './legal-holds.tsx';
import { ModuleList } from './module-list.tsx';
import { ModuleSwitch } from './module-switch.tsx';

const TONES: { readonly [S in OrganisationState]: Tone } = {
  ACTIVE: 'good',
  PAST_DUE: 'amber',
  READ_ONLY: 'amber',
  SUSPENDED: 'bad',
  TERMINATED: 'bad',
};
const PURPOSES = [
  ['dispatch', 'Dispatching'],
  ['account', 'Own security, seeing the organisation'],
  ['read', 'Reading records here'],
  ['write', 'Changing records and settings here'],
  ['export', 'Taking the data out'],
] as const;

/** The organisation as it stands, what its state allows, and its modules. */
export function Organisation(): ReactNode {
  const { open, selected, beside, select, enter } = useInHand('organisation');
  return (
    <ListDetail
      open={open}
      onLeave={() => go('organisation')}
      list={
        <div className="stack">
          <Standing />
          <ModuleList selected={selected} onSelect={select} onEnter={enter} />
          <IncidentsKept />
        </div>
      }
      detail={<ModuleSwitch name={beside} />}
    />
  );
}

function Standing(): ReactNode {
  const { value, problem } = useOrganisation();
  const now = useNow();
  const zone = useZone();
  const legalHolds = useLegalHolds();
  return (
    <Panel title="Organisation" className="panel-fit">
      {problem ? <Refused problem={problem} /> : null}
      {value ? (
        <div className="standing">
          <Known
            rows={[
              ['Name', <b key="name">{value.name}</b>],
              [
                'Sign-in name',
                <span key="org" className="mono">
                  …@{value.org}
                </span>,
              ],
              [
                'State',
                <span key="state">
                  <State tone={TONES[value.state]}>
                    <b>{value.state.replace('_', ' ')}</b>
                  </State>
                  {value.since === null ? '' : ` since ${when(value.since, now, zone)}`}
                </span>,
              ],
              ['Means', value.means],
              value.reason === null ? null : ['Reason', value.reason],
              value.destroyAfter === null
                ? null
                : [
                    'Its key',
                    `may be destroyed from ${when(value.destroyAfter, now, zone)} on; nothing can be read then`,
                  ],
              value.destroyedAt === null ? null : ['Key destroyed', when(value.destroyedAt, now, zone)],
              legalHolds,
            ]}
          />
          <table className="allows">
            <caption className="muted">What each state allows; only the operator of the center moves it</caption>
            <thead>
              <tr>
                <th scope="col">State</th>
                {PURPOSES.map(([purpose, words]) => (
                  <th scope="col" key={purpose}>
                    {words}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {(Object.keys(STATE_WORDS) as OrganisationState[]).map((state) => (
                <tr key={state} aria-current={state === value.state ? 'true' : undefined}>
                  <th scope="row">{state.replace('_', ' ')}</th>
                  {PURPOSES.map(([purpose]) => (
                    <td key={purpose} className={STATE_ALLOWS[state].includes(purpose) ? 'may' : ''}>
                      {STATE_ALLOWS[state].includes(purpose) ? '✓ yes' : '· no'}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </Panel>
  );
}
