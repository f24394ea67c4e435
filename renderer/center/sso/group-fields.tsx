import type { ReactNode } from 'react';
import { ManyField, TextField } from '../../ui/fields.tsx';
import { ROLE_OPTIONS } from '../people/invite.tsx';
import type { Group } from './sso-fields.ts';

/** The provider's groups and the roles that each gives, one more or one less at a time. */
export function GroupFields({
  groups,
  onChange,
}: {
  readonly groups: readonly Group[];
  readonly onChange: (groups: readonly Group[]) => void;
}): ReactNode {
  const put = (at: number, change: Partial<Group>): void =>
    onChange(groups.map((one, i) => (i === at ? { ...one, ...change } : one)));
  return (
    <>
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
          <button type="button" className="choice" onClick={() => onChange(groups.filter((_, other) => other !== at))}>
            Leave group {at + 1} out
          </button>
        </div>
      ))}
      <p>
        <button type="button" className="choice" onClick={() => onChange([...groups, { group: '', roles: [] }])}>
          One more group
        </button>
      </p>
    </>
  );
}
