import { type ReactNode, useState } from 'react';
import { IDENTITY_ACTIONS } from '#domain/identity/actions.ts';
import { PermissionsOutSchema } from '#domain/identity/api/organisation.ts';
import type { Role } from '#domain/kernel/permission.ts';
import { TextField } from '../../ui/fields.tsx';
import { useDeed } from '../api/deed.ts';
import { useCenter } from '../api/use-center.ts';
import { useMay } from '../frame/me.ts';
import { Form } from '../parts/form.tsx';
import { type Permission, whyNotRestrict } from './rows.ts';

/** The cell in hand: taking the permission away from the role, or giving it back. An organisation never adds to a role. */
export function Restrict({
  permission,
  role,
  onDone,
}: {
  readonly permission: Permission | undefined;
  readonly role: { readonly role: Role; readonly title: string } | undefined;
  /** It is done: the focus goes where it came from, not into the form that would undo it. */
  readonly onDone: () => void;
}): ReactNode {
  const may = useMay();
  const whyNot = whyNotRestrict(permission, role, may(IDENTITY_ACTIONS['permissions.restrict'], { site: null }));
  if (!permission || !role) return <p className="nothing">{whyNot}</p>;
  const withheld = permission.withheld.find((of) => of.role === role.role);
  return (
    <div className="detail">
      {withheld ? (
        <p className="strip strip-amber">
          Taken away from the role {role.title}: {withheld.reason}
        </p>
      ) : null}
      {whyNot === null ? (
        <Change
          key={`${permission.name} ${role.role} ${withheld ? 'back' : 'away'}`}
          {...{ permission, role, onDone }}
        />
      ) : (
        <p className="muted">{whyNot}</p>
      )}
    </div>
  );
}

function Change({
  permission,
  role: { role, title },
  onDone,
}: {
  readonly permission: Permission;
  readonly role: { readonly role: Role; readonly title: string };
  readonly onDone: () => void;
}): ReactNode {
  const center = useCenter();
  const deed = useDeed();
  const [reason, setReason] = useState('');
  const away = !permission.withheld.some((of) => of.role === role);
  return (
    <Form
      label={`${away ? 'Take away from' : 'Give back to'} ${title}`}
      deed={deed}
      danger={away}
      submit={away ? `Take it away from ${title}` : `Give it back to ${title}`}
      onSubmit={() =>
        deed.runBecause(
          reason,
          () =>
            center.ask({
              path: `/v1/permissions/${encodeURIComponent(permission.name)}/restriction`,
              body: { role, withheld: away, reason: reason.trim() },
              answer: PermissionsOutSchema,
            }),
          () => {
            onDone();
            return `${permission.title}: ${away ? 'taken away from' : 'given back to'} ${title}`;
          },
        )
      }
    >
      <TextField
        name="reason"
        label="Reason"
        value={reason}
        onChange={setReason}
        hint={
          away
            ? 'Said to whoever meets it, and kept in the audit. What they wrote before counts.'
            : 'Kept in the audit.'
        }
      />
    </Form>
  );
}
