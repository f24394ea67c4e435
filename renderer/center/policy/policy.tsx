import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { PolicyOutSchema } from '#domain/identity/api/policy.ts';
import { type MfaRequirement, type Policy as Rules, rolesRequiringMfa } from '#domain/identity/policy.ts';
import { ROLE_TITLES, type Role, RoleSchema } from '#domain/kernel/permission.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { type Bound, ManyField, TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Form } from '../parts/form.tsx';
import { Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { usePeople } from '../people/people-known.ts';

type Out = z.output<typeof PolicyOutSchema>;

/** The security policy: what signing in, passwords, second factors, locking and working without the center go by. */
export function Policy(): ReactNode {
  const { value, problem } = useAnswer(PolicyOutSchema, '/v1/organisation/policy');
  return (
    <Panel title="Security policy" className="screen-panel">
      {problem ? <Refused problem={problem} /> : null}
      {value ? <PolicyForm key={value.version} out={value} /> : null}
    </Panel>
  );
}

const MFA_WORDS: { readonly [M in MfaRequirement]: string } = {
  off: 'not offered',
  optional: 'as they like',
  required: 'required',
};

/** What is typed, as text where it is a number: the center says what is out of bounds, at its field. */
function PolicyForm({ out }: { readonly out: Out }): ReactNode {
  const center = useCenter();
  const may = useMay();
  const zone = useZone();
  const people = usePeople().value ?? [];
  const deed = useDeed();
  const [policy, setPolicy] = useState<Rules>(out.policy);
  const [reason, setReason] = useState('');
  const objection = may(IDENTITY_ACTIONS['policy.change'], { site: null });
  const by = people.find(({ person }) => person === out.changedBy)?.name ?? out.changedBy;
  const whole = (
    name: string,
    value: number,
    put: (value: number) => void,
  ): Bound<string> & { inputMode: 'numeric' } => ({
    name,
    value: Number.isNaN(value) ? '' : String(value),
    onChange: (text) => put(text.trim() === '' ? Number.NaN : Number(text)),
    inputMode: 'numeric',
  });
  const lockout = (change: Partial<Rules['lockout']>): void =>
    setPolicy({ ...policy, lockout: { ...policy.lockout, ...change } });
  return (
    <div className="detail policy">
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
      <Form
        label="Security policy"
        deed={deed}
        submit="Save the policy"
        disabled={objection !== null}
        onSubmit={() =>
          deed.runBecause(
            reason,
            () =>
              center.ask({
                method: 'PUT',
                path: '/v1/organisation/policy',
                body: { policy, version: out.version, reason: reason.trim() },
                answer: PolicyOutSchema,
              }),
            () => 'The security policy is changed',
          )
        }
      >
        <div className="policy-columns">
          <fieldset>
            <legend>Wrong passwords</legend>
            <TextField
              {...whole('policy.lockout.tries', policy.lockout.tries, (tries) => lockout({ tries }))}
              label="Tries"
              hint="So many wrong ones…"
              focus
            />
            <TextField
              {...whole('policy.lockout.windowMinutes', policy.lockout.windowMinutes, (windowMinutes) =>
                lockout({ windowMinutes }),
              )}
              label="Within minutes"
            />
            <TextField
              {...whole('policy.lockout.pauseMinutes', policy.lockout.pauseMinutes, (pauseMinutes) =>
                lockout({ pauseMinutes }),
              )}
              label="Pause, minutes"
              hint="…pause sign-in for so long. An administrator can lift it."
            />
          </fieldset>
          <fieldset>
            <legend>Length of passwords, in characters</legend>
            <TextField
              {...whole('policy.password.alone', policy.password.alone, (alone) =>
                setPolicy({ ...policy, password: { ...policy.password, alone } }),
              )}
              label="Alone"
              hint="At least 15."
            />
            <TextField
              {...whole('policy.password.withMfa', policy.password.withMfa, (withMfa) =>
                setPolicy({ ...policy, password: { ...policy.password, withMfa } }),
              )}
              label="With a second factor"
              hint="Where a role requires one. At least 8."
            />
          </fieldset>
          <fieldset>
            <legend>Consoles</legend>
            <TextField
              {...whole('policy.idleLockMinutes', policy.idleLockMinutes, (idleLockMinutes) =>
                setPolicy({ ...policy, idleLockMinutes }),
              )}
              label="Lock after minutes"
              hint="Without a key or pointer; not at a position in a physically secure location."
            />
          </fieldset>
          <fieldset>
            <legend>Without the center</legend>
            <TextField
              {...whole('policy.offline.hours', policy.offline.hours, (hours) =>
                setPolicy({ ...policy, offline: { ...policy.offline, hours } }),
              )}
              label="Hours"
              hint="How long a known person may sign in at a known workstation."
            />
            <ManyField
              name="policy.offline.roles"
              label="Roles that count"
              hint="What somebody may do at a console by their other roles waits for the center."
              value={policy.offline.roles as readonly Role[]}
              onChange={(roles) => setPolicy({ ...policy, offline: { ...policy.offline, roles: [...roles] } })}
              options={RoleSchema.options.map((role) => ({ value: role, title: ROLE_TITLES[role] }))}
            />
          </fieldset>
          <fieldset className="policy-mfa">
            <legend>Second factor, by role; the strictest of a person’s roles counts</legend>
            <div className="policy-roles">
              {RoleSchema.options.map((role) => (
                <label key={role}>
                  <span>{ROLE_TITLES[role]}</span>
                  <select
                    className="field"
                    value={policy.mfa[role] ?? 'optional'}
                    onChange={(event) =>
                      setPolicy({ ...policy, mfa: { ...policy.mfa, [role]: event.target.value as MfaRequirement } })
                    }
                  >
                    {(Object.keys(MFA_WORDS) as MfaRequirement[]).map((one) => (
                      <option key={one} value={one}>
                        {MFA_WORDS[one]}
                      </option>
                    ))}
                  </select>
                </label>
              ))}
            </div>
          </fieldset>
        </div>
        <TextField
          name="reason"
          label="Reason"
          value={reason}
          onChange={setReason}
          hint="Goes into the audit with your name."
        />
      </Form>
    </div>
  );
}
