import { type ReactNode, useId } from 'react';
import { WhyOutSchema } from '#domain/identity/api/organisation.ts';
import type { PersonOut } from '#domain/identity/api/people.ts';
import { ROLE_TITLES } from '#domain/kernel/permission.ts';
import { useAnswer } from '../api/use-center.ts';
import { Refused } from '../parts/refused.tsx';
import { State } from '../parts/rows.tsx';
import { KIND_WORDS, type Permission, REACH_WORDS, standingOf } from './rows.ts';

const MAY: ReadonlySet<string> = new Set(['may', 'own alone']);

/** Why one person may or may not do one thing now: the center's own decision, rule by rule. */
export function Why({
  permission,
  people,
  person,
  onPerson,
}: {
  readonly permission: Permission | undefined;
  readonly people: readonly PersonOut[];
  readonly person: string;
  readonly onPerson: (id: string) => void;
}): ReactNode {
  const id = useId();
  const known = people.find((one) => one.person === person);
  const query = new URLSearchParams({ person, permission: permission?.name ?? '' });
  const asked = useAnswer(WhyOutSchema, permission && person !== '' ? `/v1/permissions/why?${query.toString()}` : null);
  if (!permission) return <p className="nothing">Choose a permission in the matrix.</p>;
  const decision = asked.value?.decision;
  const through = known?.roles.filter((role) => MAY.has(standingOf(permission, role))) ?? [];
  return (
    <div className="why">
      <h3>{permission.title}</h3>
      <p className="muted">
        <span className="mono">{permission.name}</span> · {KIND_WORDS[permission.kind]}
      </p>
      <dl className="known">
        <div>
          <dt>Roles</dt>
          <dd>{permission.may.map((role) => ROLE_TITLES[role]).join(', ') || 'none: only the center itself'}</dd>
        </div>
        <div>
          <dt>Reach</dt>
          <dd>{REACH_WORDS[permission.reach].long}</dd>
        </div>
        {permission.own.length === 0 ? null : (
          <div>
            <dt>Own alone</dt>
            <dd>{permission.own.map((role) => ROLE_TITLES[role]).join(', ')}: what they have claimed or were given</dd>
          </div>
        )}
        <div>
          <dt>Confirm</dt>
          <dd>{permission.stepUp ? 'who one is, within the last ten minutes' : 'not asked'}</dd>
        </div>
      </dl>
      <div className="form-row">
        <label htmlFor={id}>Person</label>
        <select id={id} className="field" value={person} onChange={(event) => onPerson(event.target.value)}>
          <option value="">choose one</option>
          {people.map((one) => (
            <option key={one.person} value={one.person}>
              {one.name} ({one.login}){one.active ? '' : ', not active'}
            </option>
          ))}
        </select>
      </div>
      {asked.problem ? <Refused problem={asked.problem} /> : null}
      {decision && person !== '' ? (
        <div
          role="status"
          aria-label="Why"
          className={`strip ${decision.verdict === 'ALLOW' ? 'strip-good' : 'strip-bad'}`}
        >
          <p>
            <State tone={decision.verdict === 'ALLOW' ? 'good' : 'bad'}>
              <b>
                {known?.name} {decision.verdict === 'ALLOW' ? 'may' : 'may not'}
              </b>
            </State>
          </p>
          {decision.verdict === 'ALLOW' ? (
            <p>
              As {through.map((role) => ROLE_TITLES[role]).join(', ')}
              {through.every((role) => permission.own.includes(role)) ? ', what is their own alone' : ''}
              {permission.stepUp ? ', after confirming who they are' : ''}.
            </p>
          ) : (
            <ul className="reasons">
              {decision.rules.map((rule) => (
                <li key={rule.rule}>
                  {rule.reason} <span className="muted mono">{rule.rule}</span>
                </li>
              ))}
            </ul>
          )}
        </div>
      ) : null}
    </div>
  );
}
