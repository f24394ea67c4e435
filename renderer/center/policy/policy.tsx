import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { PolicyOutSchema } from '#domain/identity/api/policy.ts';
import { type MfaRequirement, rolesRequiringMfa } from '#domain/identity/policy.ts';
import { ROLE_TITLES, RoleSchema } from '#domain/kernel/permission.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { Meanwhile } from '../../features/setup/meanwhile.tsx';
import { useTypedOver } from '../../features/setup/use-typed-over.ts';
import { ManyField, TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { LOOK_AGAIN, useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Form } from '../parts/form.tsx';
import { Panel } from '../parts/panel.tsx';
import { ReasonField } from '../parts/reason-field.tsx';
import { Refused } from '../parts/refused.tsx';
import { usePeople } from '../people/people-known.ts';
import { rolesSaid } from '../people/rows.ts';
import { fieldsOf, mfaField, OFFLINE_ROLES, type PolicyFields, type PolicyNumber, policyOf } from './policy-fields.ts';

type Out = z.output<typeof PolicyOutSchema>;

/** The security policy: what signing in, passwords, second factors, locking and working without the center go by. */
export function Policy(): ReactNode {
  const { value, problem } = useAnswer(PolicyOutSchema, '/v1/organisation/policy', LOOK_AGAIN);
  return (
    <Panel title="Security policy" className="screen-panel">
      {problem ? <Refused problem={problem} /> : null}
      {value ? <PolicyForm out={value} /> : null}
    </Panel>
  );
}

const MFA_WORDS: { readonly [M in MfaRequirement]: string } = {
  off: 'not offered',
  optional: 'as they like',
  required: 'required',
};

const MFA_REQUIREMENTS = Object.keys(MFA_WORDS) as MfaRequirement[];

/** What is typed, as text where it is a number: the center says what is out of bounds, at its field. */
function PolicyForm({ out }: { readonly out: Out }): ReactNode {
  const center = useCenter();
  const may = useMay();
  const zone = useZone();
  const people = usePeople().value ?? [];
  const deed = useDeed();
  const over = useTypedOver(fieldsOf(out.policy));
  const [reason, setReason] = useState('');
  const objection = may(IDENTITY_ACTIONS['policy.change'], { site: null });
  const by = people.find(({ person }) => person === out.changedBy)?.name ?? out.changedBy;
  const meanwhile = (name: keyof PolicyFields, label: string, said: (value: PolicyFields[typeof name]) => string) => (
    <Meanwhile over={over} name={name} label={label} theirs={said(over.stands[name])} />
  );
  const whole = (name: PolicyNumber, label: string, more: { readonly hint?: string } = {}) => (
    <>
      <TextField {...over.bind(name)} label={label} inputMode="numeric" {...more} />
      {meanwhile(name, label, String)}
    </>
  );
  const save = (): void => {
    if (over.unchosen(deed.refuse)) return;
    const policy = policyOf(over.typed, out.policy);
    deed.runBecause(
      reason,
      () =>
        center.ask({
          method: 'PUT',
          path: '/v1/organisation/policy',
          body: { policy, version: out.version, reason: reason.trim() },
          answer: PolicyOutSchema,
        }),
      (saved) => {
        over.saved(fieldsOf(saved.policy));
        setReason('');
        return 'The security policy is changed';
      },
    );
  };
  return (
    <div className="detail policy" tabIndex={-1} data-panel-focus="">
      <p className="muted">
        {out.changedAt === null
          ? 'As it was from the start.'
          : `Set ${when(out.changedAt, now(), zone)}${by ? ` by ${by}` : ''}.`}
        {out.reason === null ? '' : ` ${out.reason}`}
        {objection === null ? '' : ` ${objection}`}
      </p>
      {rolesRequiringMfa(out.policy).includes('admin') ? null : (
        <p role="status" aria-label="Administrators" className="strip strip-amber whole">
          <b>Administrators get in here with a password alone.</b> Require a second factor of them below, unless there
          is a reason not to.
        </p>
      )}
      <Form label="Security policy" deed={deed} submit="Save the policy" disabled={objection !== null} onSubmit={save}>
        <div className="policy-columns">
          <fieldset>
            <legend>Wrong passwords</legend>
            {whole('policy.lockout.tries', 'Tries', { hint: 'So many wrong ones…' })}
            {whole('policy.lockout.windowMinutes', 'Within minutes')}
            {whole('policy.lockout.pauseMinutes', 'Pause, minutes', {
              hint: '…pause sign-in for so long. An administrator can lift it.',
            })}
          </fieldset>
          <fieldset>
            <legend>Length of passwords, in characters</legend>
            {whole('policy.password.alone', 'Alone', { hint: 'At least 15.' })}
            {whole('policy.password.withMfa', 'With a second factor', {
              hint: 'Where a role requires one. At least 8.',
            })}
          </fieldset>
          <fieldset>
            <legend>Consoles</legend>
            {whole('policy.idleLockMinutes', 'Lock after minutes', {
              hint: 'Without a key or pointer; not at a position in a physically secure location.',
            })}
          </fieldset>
          <fieldset>
            <legend>Without the center</legend>
            {whole('policy.offline.hours', 'Hours', {
              hint: 'How long a known person may sign in at a known workstation.',
            })}
            <ManyField
              {...over.bind(OFFLINE_ROLES)}
              label="Roles that count"
              hint="What somebody may do at a console by their other roles waits for the center."
              options={RoleSchema.options.map((role) => ({ value: role, title: ROLE_TITLES[role] }))}
            />
            {meanwhile(OFFLINE_ROLES, 'Roles that count', () => rolesSaid(over.stands[OFFLINE_ROLES]))}
          </fieldset>
          <fieldset className="policy-mfa">
            <legend>Second factor, by role; the strictest of a person’s roles counts</legend>
            <div className="policy-roles">
              {RoleSchema.options.map((role) => (
                <div key={role}>
                  <label>
                    <span>{ROLE_TITLES[role]}</span>
                    <select
                      className="field"
                      value={over.typed[mfaField(role)]}
                      onChange={(event) => over.type(mfaField(role), event.target.value)}
                    >
                      {MFA_REQUIREMENTS.map((one) => (
                        <option key={one} value={one}>
                          {MFA_WORDS[one]}
                        </option>
                      ))}
                    </select>
                  </label>
                  {meanwhile(mfaField(role), ROLE_TITLES[role], () => MFA_WORDS[over.stands[mfaField(role)]])}
                </div>
              ))}
            </div>
          </fieldset>
        </div>
        <ReasonField value={reason} onChange={setReason} />
      </Form>
    </div>
  );
}
