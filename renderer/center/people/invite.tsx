import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { InvitationInSchema, InvitedOutSchema } from '#domain/identity/api/people.ts';
import { ROLE_TITLES, type Role, RoleSchema } from '#domain/kernel/permission.ts';
import { ManyField, SelectField, TextField, useTyped } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { useMay, useMe } from '../frame/me.ts';
import { Form } from '../parts/form.tsx';
import { AgencyField } from './agency-field.tsx';
import { InvitationCode } from './invitation-code.tsx';

export const ROLE_OPTIONS = RoleSchema.options.map((role) => ({ value: role, title: ROLE_TITLES[role] }));

export interface SiteNamed {
  readonly site: string;
  readonly name: string;
}

/** No role is chosen beforehand: what somebody may do is said by whoever invites them. */
const BEGIN: {
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly Role[];
  readonly site: string | null;
  readonly agency: string | null;
} = { login: '', name: '', email: '', roles: [], site: null, agency: null };

/** Invites somebody: nobody signs up by themselves. The code is shown once, for the inviter to hand on. */
export function Invite({
  sites,
  site,
}: {
  readonly sites: readonly SiteNamed[];
  /** Chosen beforehand. */
  readonly site: string | null;
}): ReactNode {
  const center = useCenter();
  const me = useMe();
  const may = useMay();
  const deed = useDeed();
  const { typed, bind, set } = useTyped(BEGIN);
  const [made, setMade] = useState<{ readonly out: z.output<typeof InvitedOutSchema>; readonly name: string } | null>(
    null,
  );
  const objection = may(IDENTITY_ACTIONS['people.invite']);
  if (objection !== null) return <p className="muted">{objection}</p>;
  const siteOptions = [
    ...(me.site === null ? [{ value: '', title: 'every PSAP of the organisation' }] : []),
    ...sites.map((one) => ({ value: one.site, title: one.name })),
  ];
  // What is shown is what is sent, also where the sites came after the form.
  const worksAt = typed.site ?? site ?? siteOptions[0]?.value ?? '';
  return (
    <div className="stack">
      {made ? <InvitationCode out={made.out} name={made.name} /> : null}
      <Form
        label="Invite a person"
        deed={deed}
        submit="Invite"
        onSubmit={() => {
          const body = {
            login: typed.login.trim(),
            name: typed.name.trim(),
            roles: typed.roles,
            site: worksAt === '' ? null : worksAt,
            agency: typed.agency,
            email: typed.email.trim() === '' ? null : typed.email.trim(),
          };
          deed.runWith(
            InvitationInSchema,
            body,
            () => center.ask({ path: '/v1/invitations', body, answer: InvitedOutSchema }),
            (out) => {
              setMade({ out, name: body.name });
              set(BEGIN);
              return `${body.name} is invited`;
            },
          );
        }}
      >
        <TextField {...bind('name')} label="Name" focus />
        <TextField {...bind('login')} label="User name" hint={`They sign in with it: USER NAME@${me.org}`} />
        <TextField {...bind('email')} label="E-mail" type="email" hint="May be left out." />
        <SelectField
          {...bind('site')}
          value={worksAt}
          // An agency is one of a PSAP: at another there is another to choose.
          onChange={(chosen) => set({ ...typed, site: chosen, agency: null })}
          label="Works at"
          options={siteOptions}
        />
        <AgencyField {...bind('agency')} site={worksAt === '' ? null : worksAt} />
        <ManyField
          {...bind('roles')}
          label="Roles"
          options={ROLE_OPTIONS}
          hint={
            <>
              What each of them may do is on the screen{' '}
              <a className="link" href="#/permissions">
                Who may do what
              </a>
              .
            </>
          }
        />
      </Form>
    </div>
  );
}
