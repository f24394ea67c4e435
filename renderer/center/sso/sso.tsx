import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { SitesOutSchema } from '#domain/cad/api.ts';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { SsoOutSchema } from '#domain/identity/api/sso.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { Meanwhile } from '../../features/setup/meanwhile.tsx';
import { useTypedOver } from '../../features/setup/use-typed-over.ts';
import { CheckField, SelectField, TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { LOOK_AGAIN, useAnswer, useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Form } from '../parts/form.tsx';
import { Nothing, Panel } from '../parts/panel.tsx';
import { ReasonField } from '../parts/reason-field.tsx';
import { Refused } from '../parts/refused.tsx';
import { Known, State } from '../parts/rows.tsx';
import { GroupFields } from './group-fields.tsx';
import { bodyOf, groupsSaid, type SsoOut, type SsoTyped, typedOf, yesNo } from './sso-fields.ts';

const NothingSchema = z.looseObject({});

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

function SsoForm({ out }: { readonly out: SsoOut }): ReactNode {
  const center = useCenter();
  const may = useMay();
  const deed = useDeed();
  const over = useTypedOver<SsoTyped>(typedOf(out));
  const [secret, setSecret] = useState('');
  const [reason, setReason] = useState('');
  const save = (): void => {
    if (over.unchosen(deed.refuse)) return;
    deed.run(
      () =>
        center.ask({
          method: 'PUT',
          path: '/v1/sso',
          body: bodyOf(over.typed, secret, out.changedAt),
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
  const isSetUp = out.settings !== null;
  return (
    <div className="detail policy" tabIndex={-1} data-panel-focus="">
      <AsItStands out={out} />
      <p className="muted">
        Register the redirect address at your provider; it gives you the client id and secret for here.
      </p>
      {objection === null ? null : <p className="muted">{objection}</p>}
      <Form label="Single sign-on" deed={deed} submit="Save" disabled={objection !== null} onSubmit={save}>
        <div className="policy-columns">
          <ProviderFields over={over} secret={secret} setSecret={setSecret} isSetUp={isSetUp} />
          <EntryFields over={over} />
        </div>
        <ReasonField value={reason} onChange={setReason} />
      </Form>
      {isSetUp && objection === null ? (
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

/** Whether it is on, since when, and the addresses that the provider and people need. */
function AsItStands({ out }: { readonly out: SsoOut }): ReactNode {
  const zone = useZone();
  return (
    <Known
      rows={[
        [
          'State',
          out.settings?.on ? (
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
  );
}

type Over = ReturnType<typeof useTypedOver<SsoTyped>>;

/** Where the provider is, and how the center shows itself there. */
function ProviderFields({
  over,
  secret,
  setSecret,
  isSetUp,
}: {
  readonly over: Over;
  readonly secret: string;
  readonly setSecret: (secret: string) => void;
  /** A secret is kept already. */
  readonly isSetUp: boolean;
}): ReactNode {
  const { bind, stands } = over;
  const meanwhile = (name: keyof SsoTyped, label: string, theirs: string): ReactNode => (
    <Meanwhile over={over} name={name} label={label} theirs={theirs} />
  );
  return (
    <fieldset>
      <legend>The provider</legend>
      <CheckField {...bind('on')} label="People may sign in by it" hint="Off, what is set stays." />
      {meanwhile('on', 'People may sign in by it', yesNo(stands.on))}
      <TextField {...bind('issuer')} label="Issuer" type="url" placeholder="https://login.example/tenant" />
      {meanwhile('issuer', 'Issuer', stands.issuer)}
      <TextField {...bind('clientId')} label="Client id" />
      {meanwhile('clientId', 'Client id', stands.clientId)}
      <TextField
        {...{ name: 'clientSecret', value: secret, onChange: setSecret }}
        label="Client secret"
        type="password"
        autoComplete="new-password"
        hint={isSetUp ? 'Kept and never shown; type one to replace it.' : 'Kept encrypted and never shown again.'}
      />
      <TextField {...bind('scopes')} label="Scopes" hint="With blanks between." />
      {meanwhile('scopes', 'Scopes', stands.scopes)}
      <CheckField
        {...bind('secondFactorByProvider')}
        label="The provider asks for a second factor itself"
        hint="Then none is asked for here."
      />
      {meanwhile(
        'secondFactorByProvider',
        'The provider asks for a second factor itself',
        yesNo(stands.secondFactorByProvider),
      )}
      <TextField
        {...bind('maxHours')}
        label="Hours until the provider asks again"
        inputMode="numeric"
        hint="1 to 336, from when somebody last proved themselves there; then their session here ends."
      />
      {meanwhile('maxHours', 'Hours until the provider asks again', stands.maxHours)}
    </fieldset>
  );
}

/** Whom the center lets in whom the provider vouches for, and with which roles. */
function EntryFields({ over }: { readonly over: Over }): ReactNode {
  const { bind, stands, typed } = over;
  const sites = useAnswer(SitesOutSchema, '/v1/sites').value?.sites ?? [];
  const provisions = [
    { value: 'none', title: 'only people known here come in' },
    { value: 'all', title: 'are made, for every PSAP' },
    ...sites.map(({ site, name }) => ({ value: site, title: `are made, at ${name}` })),
  ];
  const provisionSaid = provisions.find(({ value }) => value === stands.provision)?.title ?? stands.provision;
  return (
    <fieldset>
      <legend>Who comes in, and as what</legend>
      <SelectField {...bind('provision')} label="New people" options={provisions} />
      <Meanwhile over={over} name="provision" label="New people" theirs={provisionSaid} />
      <TextField {...bind('groupsClaim')} label="Groups claim" hint="The claim that names a person’s groups." />
      <Meanwhile over={over} name="groupsClaim" label="Groups claim" theirs={stands.groupsClaim} />
      <Meanwhile over={over} name="groups" label="Groups" theirs={groupsSaid(stands.groups)} />
      <GroupFields groups={typed.groups} onChange={(groups) => over.type('groups', groups)} />
    </fieldset>
  );
}
