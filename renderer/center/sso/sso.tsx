import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { SitesOutSchema } from '#domain/cad/api.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { SsoOutSchema } from '#domain/identity/api/sso.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { CheckField, ManyField, SelectField, TextField, useTyped } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Form } from '../parts/form.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { Refused } from '../parts/refused.tsx';
import { Known, State } from '../parts/rows.tsx';
import { ROLE_OPTIONS } from '../people/invite.tsx';

type Out = z.output<typeof SsoOutSchema>;
const NothingSchema = z.looseObject({});
interface Group {
  readonly group: string;
  readonly roles: readonly Role[];
}

/** Signing in by the organisation's own provider (OpenID Connect): where it is, and which of its groups have which roles. */
export function Sso(): ReactNode {
  const { value, problem } = useAnswer(SsoOutSchema, '/v1/sso');
  return (
    <Panel title="Single sign-on" className="screen-panel">
      {problem ? <Refused problem={problem} /> : null}
      {value ? (
        <SsoForm key={value.changedAt ?? 0} out={value} />
      ) : problem ? null : (
        <Nothing>The center has not answered yet.</Nothing>
      )}
    </Panel>
  );
}

function SsoForm({ out }: { readonly out: Out }): ReactNode {
  const center = useCenter();
  const may = useMay();
  const zone = useZone();
  const deed = useDeed();
  const sites = useAnswer(SitesOutSchema, '/v1/sites').value?.sites ?? [];
  const held = out.settings;
  const provision = held?.provision ?? null;
  const { typed, bind } = useTyped({
    on: held?.on ?? false,
    issuer: held?.issuer ?? '',
    clientId: held?.clientId ?? '',
    clientSecret: '',
    scopes: (held?.scopes ?? ['openid', 'email', 'profile', 'groups']).join(' '),
    groupsClaim: held?.groupsClaim ?? 'groups',
    provision: provision === null ? 'none' : (provision.site ?? 'all'),
    secondFactorByProvider: held?.secondFactorByProvider ?? false,
    maxHours: String(held?.maxHours ?? 12),
    reason: '',
  });
  const [groups, setGroups] = useState<readonly Group[]>(held?.groups ?? []);
  const objection = may(IDENTITY_ACTIONS['sso.change'], { site: null });
  const put = (at: number, change: Partial<Group>): void =>
    setGroups(groups.map((one, i) => (i === at ? { ...one, ...change } : one)));
  return (
    <div className="detail policy">
      <Known
        rows={[
          [
            'State',
            held?.on ? (
              <State key="state" tone="good">
                on
              </State>
            ) : (
              <State key="state" tone="muted">
                off
              </State>
            ),
          ],
          out.changedAt === null ? null : ['Changed', when(out.changedAt, now(), zone)],
          [
            'Redirect address',
            <span key="uri" className="mono">
              {out.redirectUri}
            </span>,
          ],
          [
            'People begin at',
            <span key="begin" className="mono">
              {out.beginUrl}
            </span>,
          ],
        ]}
      />
      <p className="muted">
        Register the redirect address at your provider; it gives you the client id and secret for here.
      </p>
      {objection === null ? null : <p className="muted">{objection}</p>}
      <Form
        label="Single sign-on"
        deed={deed}
        submit="Save"
        disabled={objection !== null}
        onSubmit={() =>
          deed.run(
            () =>
              center.ask({
                method: 'PUT',
                path: '/v1/sso',
                body: {
                  on: typed.on,
                  issuer: typed.issuer.trim(),
                  clientId: typed.clientId.trim(),
                  ...(typed.clientSecret === '' ? {} : { clientSecret: typed.clientSecret }),
                  scopes: typed.scopes.split(/\s+/).filter(Boolean),
                  groupsClaim: typed.groupsClaim.trim(),
                  groups,
                  provision:
                    typed.provision === 'none' ? null : { site: typed.provision === 'all' ? null : typed.provision },
                  secondFactorByProvider: typed.secondFactorByProvider,
                  maxHours: Number(typed.maxHours),
                },
                reason: typed.reason.trim(),
                answer: SsoOutSchema,
              }),
            () => 'Single sign-on is changed',
          )
        }
      >
        <div className="policy-columns">
          <fieldset>
            <legend>The provider</legend>
            <CheckField {...bind('on')} label="People may sign in by it" hint="Off, what is set stays." />
            <TextField {...bind('issuer')} label="Issuer" type="url" placeholder="https://login.example/tenant" focus />
            <TextField {...bind('clientId')} label="Client id" />
            <TextField
              {...bind('clientSecret')}
              label="Client secret"
              type="password"
              autoComplete="new-password"
              hint={held ? 'Kept and never shown; type one to replace it.' : 'Kept encrypted and never shown again.'}
            />
            <TextField {...bind('scopes')} label="Scopes" hint="With blanks between." />
            <CheckField
              {...bind('secondFactorByProvider')}
              label="The provider asks for a second factor itself"
              hint="Then none is asked for here."
            />
            <TextField
              {...bind('maxHours')}
              label="Hours until the provider asks again"
              inputMode="numeric"
              hint="1 to 336, from when somebody last proved themselves there; then their session here ends."
            />
          </fieldset>
          <fieldset>
            <legend>Who comes in, and as what</legend>
            <SelectField
              {...bind('provision')}
              label="New people"
              options={[
                { value: 'none', title: 'only people known here come in' },
                { value: 'all', title: 'are made, for every PSAP' },
                ...sites.map(({ site, name }) => ({ value: site, title: `are made, at ${name}` })),
              ]}
            />
            <TextField {...bind('groupsClaim')} label="Groups claim" hint="The claim that names a person’s groups." />
            {groups.map((one, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a group has nothing but its place while it is typed
              <div key={at} className="sso-group">
                <TextField
                  name={`groups.${at}.group`}
                  label={`Group ${at + 1}`}
                  value={one.group}
                  onChange={(group) => put(at, { group })}
                />
                <ManyField
                  name={`groups.${at}.roles`}
                  label="Has roles"
                  value={one.roles}
                  onChange={(roles) => put(at, { roles })}
                  options={ROLE_OPTIONS}
                />
                <button
                  type="button"
                  className="choice"
                  onClick={() => setGroups(groups.filter((_, other) => other !== at))}
                >
                  Leave group {at + 1} out
                </button>
              </div>
            ))}
            <p>
              <button type="button" className="choice" onClick={() => setGroups([...groups, { group: '', roles: [] }])}>
                One more group
              </button>
            </p>
          </fieldset>
        </div>
        <TextField {...bind('reason')} label="Reason" hint="Goes into the audit with your name." />
      </Form>
      {held && objection === null ? (
        <Deliberate
          title="Forget how it was set up"
          means="Nobody comes in by the provider then, and its secret is gone. People sign in with their passwords or passkeys."
          done="Single sign-on is not set up any more"
          act={(reason) => center.ask({ method: 'DELETE', path: '/v1/sso', reason, answer: NothingSchema })}
        />
      ) : null}
    </div>
  );
}
