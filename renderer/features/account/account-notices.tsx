import { type ReactNode, useRef } from 'react';
import './account.css';
import { noticeSaid } from '#domain/identity/api/notices.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { echo } from '../../app/command-line/echo.ts';
import { useNotices, useStation } from '../../app/connection/use-station.ts';
import { useAction } from '../../app/keys/actions.ts';
import { dock } from '../../app/layout/dock-api.ts';
import { KeyOf } from '../../ui/key.tsx';

/** Under the header there is room for so many; the rest is counted. */
const SHOWN = 2;

/**
 * What changed about the account of whoever is signed in, under the header until they say that they know of it. It takes no
 * focus by itself: a call may be coming in.
 */
export function AccountNotices(): ReactNode {
  const station = useStation();
  const zone = useZone();
  const button = useRef<HTMLButtonElement>(null);
  const notices = Object.values(useNotices()).toSorted((a, b) => b.at - a.at);
  const [newest] = notices;
  useAction('account', () => {
    if (newest) button.current?.focus();
    else echo(true, 'nothing new about your account', now());
    return true;
  });
  if (!newest) return null;
  const more = notices.length - SHOWN;
  const known = (): void => {
    dock.open(dock.current() ?? 'pending');
    station.call('notices.seen', { upTo: newest.at }).then(
      (answer) => {
        if (!answer.ok) echo(false, answer.refusal.message, now());
      },
      (failure: unknown) => echo(false, String(failure), now()),
    );
  };
  return (
    <section className="account-notices" aria-label="About your account">
      <b>{notices.length === 1 ? '1 notice' : `${notices.length} notices`} about your account</b>
      <ul>
        {notices.slice(0, SHOWN).map((notice) => (
          <li key={notice.id}>
            {noticeSaid(notice)} <span className="muted">{when(notice.at, now(), zone)}</span>
          </li>
        ))}
        {more > 0 ? <li>and {more} more, under My security at the center’s page</li> : null}
      </ul>
      <span className="muted">Not you? Tell an administrator, and change your password at the center’s page.</span>
      <button ref={button} type="button" className="choice" onClick={known}>
        <KeyOf action="account" /> I know of {notices.length === 1 ? 'this' : 'these'}
      </button>
    </section>
  );
}
