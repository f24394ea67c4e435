import type { ReactNode } from 'react';
import { ROLE_TITLES } from '#domain/kernel/permission.ts';
import { useNow, useZone } from '../../app/clock/clock.ts';
import { clockTime, dayLine } from '../../app/clock/format.ts';
import { perform } from '../../app/keys/actions.ts';
import { Cap } from '../../ui/key.tsx';
import { useMe, useOrganisation } from './me.ts';

/** Which organisation, how it stands where that is not as usual, the one clock, and who is signed in. */
export function Header({ onSignOut }: { readonly onSignOut: () => void }): ReactNode {
  const me = useMe();
  const organisation = useOrganisation().value;
  return (
    <header className="header">
      <div className="header-who">
        <b>{organisation?.name ?? ' '}</b>
        <span className="muted">Center administration</span>
      </div>
      <Clock />
      <div className="header-state">
        {organisation && organisation.state !== 'ACTIVE' ? (
          <div
            role="status"
            aria-label="State of the organisation"
            className="reach reach-amber"
            title={organisation.means}
          >
            <span className="dot" aria-hidden="true" />
            <span className="truncate">
              <b>{organisation.state.replace('_', ' ').toLowerCase()}</b> — {organisation.means}
            </span>
          </div>
        ) : null}
        <span className="header-me" title={me.roles.map((role) => ROLE_TITLES[role]).join(', ')}>
          <b>{me.name}</b> <span className="muted">{me.login}</span>
        </span>
        <button type="button" className="help-button" onClick={() => perform('help')}>
          <Cap>F1</Cap> help
        </button>
        <button type="button" className="help-button" onClick={onSignOut}>
          Sign out
        </button>
      </div>
    </header>
  );
}

function Clock(): ReactNode {
  const now = useNow();
  const zone = useZone();
  return (
    <div className="header-clock">
      <time className="clock" dateTime={new Date(now).toISOString()}>
        {clockTime(now, zone)}
      </time>
      <span className="muted header-day">
        {dayLine(now, zone)} · {zone.replaceAll('_', ' ')}
      </span>
    </div>
  );
}
