import { type ReactNode, useState } from 'react';
import { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { type PersonOut, ResetOutSchema } from '#domain/identity/api/people.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { Meanwhile } from '../../features/setup/meanwhile.tsx';
import { useTypedOver } from '../../features/setup/use-typed-over.ts';
import { ManyField, TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Deliberate } from '../parts/deliberate.tsx';
import { Form } from '../parts/form.tsx';
import { Known, State } from '../parts/rows.tsx';
import { Secret } from '../parts/secret.tsx';
import { Sessions } from '../security/sessions.tsx';
import { useKept } from '../setup/site-records.ts';
import { AgencyField } from './agency-field.tsx';
import { ROLE_OPTIONS } from './invite.tsx';
import { rolesSaid, stateOf } from './rows.ts';

const NothingSchema = z.looseObject({});

/** One person: what they are, their sessions, and what can be done about them. */
export function PersonDetail({ of, site }: { readonly of: PersonOut; readonly site: string }): ReactNode {
  const zone = useZone();
  const center = useCenter();
  const may = useMay();
  const at = (ms: number | null): string => (ms === null ? 'never' : when(ms, now(), zone));
  const path = `/v1/people/${encodeURIComponent(of.person)}`;
  const objection = may(IDENTITY_ACTIONS['people.change'], of);
  const paused = stateOf({ kind: 'person', id: of.person, of }, now()) === 'paused';
  return (
    <div className="detail">
      <Known
        rows={[
          [
            'User name',
            <span key="login" className="mono">
              {of.login}
            </span>,
          ],
          ['Roles', rolesSaid(of.roles)],
          ['Works at', site],
          of.email === null ? null : ['E-mail', of.email],
          ['Last seen', at(of.lastSeenAt)],
          ['Password', of.passwordChangedAt === null ? 'as it was given' : `changed ${at(of.passwordChangedAt)}`],
          [
            'Sign-in',
            of.active ? (
              paused ? (
                <State key="s" tone="amber">
                  paused until {at(of.pausedUntil)} after wrong tries
                </State>
              ) : (
                <State key="s" tone="good">
                  open
                </State>
              )
            ) : (
              <State key="s" tone="muted">
                withdrawn
              </State>
            ),
          ],
        ]}
      />
      {paused ? (
        <Deliberate
          title="Let them try again"
          means={<>Sign-in of {of.name} was paused after wrong passwords. Make sure that it was them.</>}
          danger={false}
          refusedFor={may(IDENTITY_ACTIONS['people.unlock'], of)}
          done={`${of.name} can sign in again`}
          act={(reason) => center.ask({ path: `${path}/unlock`, body: {}, reason, answer: NothingSchema })}
        />
      ) : null}
      {objection === null ? <ChangeForm key={of.person} of={of} path={path} /> : <p className="muted">{objection}</p>}
      {of.active ? <ResetPassword of={of} path={path} /> : null}
      <Deliberate
        title="Take their second factors away"
        means={
          <>
            The authenticator app, passkeys and recovery codes of {of.name} are void; their sessions end. They set up
            new ones when they sign in. Do it when a telephone is lost.
          </>
        }
        refusedFor={may(IDENTITY_ACTIONS['people.reset_second_factor'], of)}
        done={`${of.name} has no second factor any more`}
        act={(reason) => center.ask({ path: `${path}/second-factors/reset`, body: {}, reason, answer: NothingSchema })}
      />
      <Deliberate
        title={of.active ? 'Withdraw their right to sign in' : 'Let them sign in again'}
        means={
          of.active ? (
            <>
              {of.name} is signed out everywhere at once, at consoles too. What they did stays; what they write from now
              on is contested.
            </>
          ) : (
            <>{of.name} can sign in again with the roles above.</>
          )
        }
        danger={of.active}
        refusedFor={objection}
        done={of.active ? `${of.name} cannot sign in any more` : `${of.name} can sign in again`}
        act={(reason) =>
          center.ask({ path: `${path}/change`, body: { active: !of.active }, reason, answer: NothingSchema })
        }
      />
      <Sessions path={`${path}/sessions`} />
    </div>
  );
}

type PersonTyped = {
  readonly name: string;
  readonly email: string;
  readonly agency: string | null;
  readonly roles: readonly Role[];
};

function ChangeForm({ of, path }: { readonly of: PersonOut; readonly path: string }): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const over = useTypedOver<PersonTyped>({
    name: of.name,
    email: of.email ?? '',
    agency: of.agency,
    roles: of.roles,
  });
  const { typed, bind } = over;
  const agencies = useKept('agency', of.site).value ?? [];
  const meanwhile = (name: keyof PersonTyped, label: string, theirs: string): ReactNode => (
    <Meanwhile over={over} name={name} label={label} theirs={theirs} />
  );
  const save = (): void => {
    if (over.unchosen(deed.refuse)) return;
    const next = { ...typed, name: typed.name.trim(), email: typed.email.trim() };
    deed.run(
      () =>
        center.ask({
          path: `${path}/change`,
          body: { ...next, email: next.email === '' ? null : next.email, version: of.version },
          answer: NothingSchema,
        }),
      () => {
        over.saved(next);
        return `${next.name} is changed`;
      },
    );
  };
  return (
    <Form label={`Change ${of.name}`} deed={deed} submit="Save" onSubmit={save}>
      <TextField {...bind('name')} label="Name" focus />
      {meanwhile('name', 'Name', over.stands.name)}
      <TextField {...bind('email')} label="E-mail" type="email" />
      {meanwhile('email', 'E-mail', over.stands.email)}
      <AgencyField {...bind('agency')} site={of.site} />
      {meanwhile(
        'agency',
        'Agency',
        agencies.find(({ id }) => id === over.stands.agency)?.body.name ?? over.stands.agency ?? '',
      )}
      <ManyField
        {...bind('roles')}
        label="Roles"
        options={ROLE_OPTIONS}
        hint="A role taken away ends their sessions at once; one that is added counts from their next sign-in."
      />
      {meanwhile('roles', 'Roles', rolesSaid(over.stands.roles))}
    </Form>
  );
}

function ResetPassword({ of, path }: { readonly of: PersonOut; readonly path: string }): ReactNode {
  const center = useCenter();
  const may = useMay();
  const zone = useZone();
  const [made, setMade] = useState<z.output<typeof ResetOutSchema> | null>(null);
  return (
    <>
      <Deliberate
        title="Let them set a new password"
        means={<>You get a code for {of.name}, by which they set a new password themselves. Hand it on yourself.</>}
        danger={false}
        refusedFor={may(IDENTITY_ACTIONS['people.reset_password'], of)}
        done={`A code for a new password of ${of.name} is made`}
        act={async (reason) => {
          const answer = await center.ask({ path: `${path}/reset`, body: {}, reason, answer: ResetOutSchema });
          if (answer.ok) setMade(answer.value);
          return answer;
        }}
      />
      {made ? (
        <Secret
          label="New password code"
          value={made.code}
          link={`${window.location.origin}/#/reset/${encodeURIComponent(made.code)}`}
        >
          <p>
            For {of.name} alone, until {when(made.expiresAt, now(), zone)}. It is shown this once.
          </p>
        </Secret>
      ) : null}
    </>
  );
}
