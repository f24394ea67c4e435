import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { SitesOutSchema } from '#domain/cad/api.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { SsoOutSchema } from '#domain/identity/api/sso.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { CHOOSE_FIRST, Meanwhile } from '../../features/setup/meanwhile.tsx';
import { useTypedOver } from '../../features/setup/use-typed-over.ts';
import { CheckField, ManyField, SelectField, TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { LOOK_AGAIN, useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Form } from '../parts/form.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { ReasonField } from '../parts/reason-field.tsx';
import { Refused } from '../parts/refused.tsx';
import { Known, State } from '../parts/rows.tsx';
import { ROLE_OPTIONS } from '../people/invite.tsx';
import { rolesSaid } from '../people/rows.ts';

type Out = z.output<typeof SsoOutSchema>;
const NothingSchema = z.looseObject({});
type Group = { readonly group: string; readonly roles: readonly Role[] };
type SsoTyped = {
  readonly on: boolean;
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: string;
  readonly groupsClaim: string;
  /** `none`, `all`, or the site at which people are made. */
  readonly provision: string;
  readonly secondFactorByProvider: boolean;
  readonly maxHours: string;
  readonly groups: readonly Group[];
};

function typedOf({ settings }: Out): SsoTyped {
  const provision = settings?.provision ?? null;
  return {
    on: settings?.on ?? false,
    issuer: settings?.issuer ?? '',
    clientId: settings?.clientId ?? '',
    scopes: (settings?.scopes ?? ['openid', 'email', 'profile', 'groups']).join(' '),
    groupsClaim: settings?.groupsClaim ?? 'groups',
    provision: provision === null ? 'none' : (provision.site ?? 'all'),
    secondFactorByProvider: settings?.secondFactorByProvider ?? false,
    maxHours: String(settings?.maxHours ?? 12),
    groups: settings?.groups ?? [],
  };
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
const groupsSaid = (groups: readonly Group[]): string =>
  groups.map(({ group, roles }) => `${group}: ${rolesSaid(roles)}`).join('; ');

/** Signing in by the organisation's own provider (OpenID Connect): where it is, and which of its groups have which roles. */
export function Sso(): ReactNode {
  const { value, problem } = useAnswer(SsoOutSchema, '/v1/sso', LOOK_AGAIN);
  return (
    <Panel title="Single sign-on" className="screen-panel">
      {problem ? <Refused problem={problem} /> : null}
      {value ? <SsoForm out={value} /> : problem ? null : <Nothing>The center has not answered yet.</Nothing>}
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
  const provisions = [
    { value: 'none', title: 'only people known here come in' },
    { value: 'all', title: 'are made, for every PSAP' },
    ...sites.map(({ site, name }) => ({ value: site, title: `are made, at ${name}` })),
  ];
  const over = useTypedOver<SsoTyped>(typedOf(out));
  const { typed } = over;
  const { groups } = typed;
  const [secret, setSecret] = useState('');
  const [reason, setReason] = useState('');
  const bind = <N extends keyof SsoTyped>(name: N) => ({
    name,
    value: typed[name],
    onChange: (value: SsoTyped[N]) => over.type(name, value),
  });
  const setGroups = (next: readonly Group[]): void => over.type('groups', next);
  const meanwhile = (name: keyof SsoTyped, label: string, theirs: string): ReactNode => (
    <Meanwhile over={over} name={name} label={label} theirs={theirs} />
  );
  const save = (): void => {
    const open = over.against[0];
    if (open !== undefined) {
      deed.refuse(open, CHOOSE_FIRST);
      return;
    }
    deed.run(
      () =>
        center.ask({
          method: 'PUT',
          path: '/v1/sso',
          body: {
            on: typed.on,
            issuer: typed.issuer.trim(),
            clientId: typed.clientId.trim(),
            ...(secret === '' ? {} : { clientSecret: secret }),
            scopes: typed.scopes.split(/\s+/).filter(Boolean),
            groupsClaim: typed.groupsClaim.trim(),
            groups: typed.groups,
            provision: typed.provision === 'none' ? null : { site: typed.provision === 'all' ? null : typed.provision },
            secondFactorByProvider: typed.secondFactorByProvider,
            maxHours: Number(typed.maxHours),
            changedAt: out.changedAt,
          },
          reason: reason.trim(),
          answer: SsoOutSchema,
        }),
      (saved) => {
        over.saved(typedOf(saved));
        setSecret('');
        setReason('');
        return 'Single sign-on is changed';
      },
    );
  };
  const objection = may(IDENTITY_ACTIONS['sso.change'], { site: null });
  const put = (at: number, change: Partial<Group>): void =>
    setGroups(groups.map((one, i) => (i === at ? { ...one, ...change } : one)));
  return (
    <div className="detail policy" tabIndex={-1} data-panel-focus="">
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
      <Form label="Single sign-on" deed={deed} submit="Save" disabled={objection !== null} onSubmit={save}>
        <div className="policy-columns">
          <fieldset>
            <legend>The provider</legend>
            <CheckField {...bind('on')} label="People may sign in by it" hint="Off, what is set stays." />
            {meanwhile('on', 'People may sign in by it', yesNo(over.stands.on))}
            <TextField {...bind('issuer')} label="Issuer" type="url" placeholder="https://login.example/tenant" />
            {meanwhile('issuer', 'Issuer', over.stands.issuer)}
            <TextField {...bind('clientId')} label="Client id" />
            {meanwhile('clientId', 'Client id', over.stands.clientId)}
            <TextField
              {...{ name: 'clientSecret', value: secret, onChange: setSecret }}
              label="Client secret"
              type="password"
              autoComplete="new-password"
              hint={held ? 'Kept and never shown; type one to replace it.' : 'Kept encrypted and never shown again.'}
            />
            <TextField {...bind('scopes')} label="Scopes" hint="With blanks between." />
            {meanwhile('scopes', 'Scopes', over.stands.scopes)}
            <CheckField
              {...bind('secondFactorByProvider')}
              label="The provider asks for a second factor itself"
              hint="Then none is asked for here."
            />
            {meanwhile(
              'secondFactorByProvider',
              'The provider asks for a second factor itself',
              yesNo(over.stands.secondFactorByProvider),
            )}
            <TextField
              {...bind('maxHours')}
              label="Hours until the provider asks again"
              inputMode="numeric"
              hint="1 to 336, from when somebody last proved themselves there; then their session here ends."
            />
            {meanwhile('maxHours', 'Hours until the provider asks again', over.stands.maxHours)}
          </fieldset>
          <fieldset>
            <legend>Who comes in, and as what</legend>
            <SelectField {...bind('provision')} label="New people" options={provisions} />
            {meanwhile(
              'provision',
              'New people',
              provisions.find(({ value }) => value === over.stands.provision)?.title ?? over.stands.provision,
            )}
            <TextField {...bind('groupsClaim')} label="Groups claim" hint="The claim that names a person’s groups." />
            {meanwhile('groupsClaim', 'Groups claim', over.stands.groupsClaim)}
            {meanwhile('groups', 'Groups', groupsSaid(over.stands.groups))}
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
        <ReasonField value={reason} onChange={setReason} />
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
