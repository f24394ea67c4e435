import { type ReactNode, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import './account.css';
import { noticeSaid } from '#domain/identity/api/notices.ts';
import { now, useZone } from '../../app/clock/clock.ts';
import { when } from '../../app/clock/format.ts';
import { echo } from '../../app/command-line/echo.ts';
import { useNotices, useStation } from '../../app/connection/use-station.ts';
import { useAction } from '../../app/keys/actions.ts';
import { dock } from '../../app/layout/dock-api.ts';
import { KeyOf } from '../../ui/key.tsx';

/** So many at once; the rest is counted, and under My security at the center's page. */
const SHOWN = 6;

/**
 * How many things happened to the account of whoever is signed in that they do not know of yet; opened, what they were. It
 * takes no focus and moves nothing on the board by itself: a call may be coming in.
 */
export function AccountNotices(): ReactNode {
  const station = useStation();
  const zone = useZone();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const notices = Object.values(useNotices()).toSorted((a, b) => b.at - a.at);
  const [newest] = notices;
  const show = (): void => {
    // Drawn now, so that the very next key goes to it.
    flushSync(() => setOpen(true));
    button.current?.focus();
  };
  const close = (): void => {
    setOpen(false);
    dock.open(dock.current() ?? 'pending');
  };
  useAction('account', () => {
    if (newest) show();
    else echo(true, 'nothing new about your account', now());
    return true;
  });
  if (!newest) return null;
  const count = notices.length === 1 ? '1 notice' : `${notices.length} notices`;
  const more = notices.length - SHOWN;
  const known = (): void => {
    close();
    station.call('notices.seen', { upTo: newest.at }).then(
      (answer) => {
        if (!answer.ok) echo(false, answer.refusal.message, now());
      },
      (failure: unknown) => echo(false, String(failure), now()),
    );
  };
  return (
    <div className="account">
      <button type="button" className="badge badge-amber" aria-expanded={open} onClick={open ? close : show}>
        <KeyOf action="account" /> {count}
        <span className="sr-only-text"> about your account</span>
      </button>
      <span role="status" className="sr-only-text">
        {count} about your account: {noticeSaid(newest)}
      </span>
      {open ? (
        <section
          className="account-notices"
          aria-label="About your account"
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.stopPropagation();
            close();
          }}
        >
          <ul>
            {notices.slice(0, SHOWN).map((notice) => (
              <li key={notice.id}>
                {noticeSaid(notice)} <span className="muted">{when(notice.at, now(), zone)}</span>
              </li>
            ))}
            {more > 0 ? <li className="muted">and {more} more, under My security at the center’s page</li> : null}
          </ul>
          <p className="muted">Not you? Tell an administrator, and change your password at the center’s page.</p>
          <button ref={button} type="button" className="choice" onClick={known}>
            I know of {notices.length === 1 ? 'this' : 'these'}
          </button>
        </section>
      ) : null}
    </div>
  );
}
