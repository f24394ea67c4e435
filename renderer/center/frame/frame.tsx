import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { startClock } from '../../app/clock/clock.ts';
import { useAction } from '../../app/keys/actions.ts';
import { focusFirst, focusPane, focusWhenThere, keepFocus } from '../parts/focus.ts';
import { NoticesAbove } from '../security/notices.tsx';
import { Footer } from './footer.tsx';
import { Header } from './header.tsx';
import { Help } from './help.tsx';
import { listenForKeys } from './keys.ts';
import { useMe } from './me.ts';
import { Nav } from './nav.tsx';
import { turnPalette } from './palette.ts';
import { useZoneOfRecords } from './records-zone.ts';
import { go, usePlace } from './route.ts';
import { OWN_SECURITY, sectionsFor } from './sections.tsx';

/** Around every screen: header, the screens at the left, the one in hand, and what was last done. */
export function Frame({
  said,
  onSaid,
  onSignOut,
}: {
  /** Why a way to the provider led nowhere, for whoever is signed in otherwise; null where nothing did. */
  readonly said: string | null;
  readonly onSaid: () => void;
  readonly onSignOut: () => void;
}): ReactNode {
  const me = useMe();
  const place = usePlace();
  const sections = useMemo(() => sectionsFor(me), [me]);
  const section = sections.find(({ id }) => id === place.section) ?? sections[0];
  const [help, setHelp] = useState(false);
  useEffect(startClock, []);
  useZoneOfRecords();
  useEffect(
    () =>
      listenForKeys((letter) => {
        const to = sections.find((one) => one.letter === letter);
        if (to) go(to.id);
        return to !== undefined;
      }),
    [sections],
  );
  useAction('help', () => {
    setHelp((shown) => !shown);
    return true;
  });
  useAction('palette', () => {
    turnPalette();
    return true;
  });
  useAction('pane.next', () => {
    focusPane(1);
    return true;
  });
  useAction('pane.previous', () => {
    focusPane(-1);
    return true;
  });
  const at = section?.id;
  // Said in the address, so that one stays there when the rest opens.
  useEffect(() => {
    if (me.secondFactor === 'missing') go(OWN_SECURITY);
  }, [me]);
  useEffect(() => {
    document.title = section ? `${section.title} · Quantum Dispatch` : 'Quantum Dispatch';
  }, [section]);
  const main = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another screen takes the focus
  useEffect(() => focusWhenThere(main.current), [at]);
  useEffect(() => (main.current ? keepFocus(main.current) : undefined), []);
  return (
    <div className="frame">
      <div>
        <Header onSignOut={onSignOut} />
        <NoticesAbove at={OWN_SECURITY} />
        {said === null ? null : (
          <p role="status" aria-label="Single sign-on" className="strip strip-amber">
            {said}{' '}
            <button type="button" className="choice" onClick={onSaid}>
              I know
            </button>
          </p>
        )}
      </div>
      <div className={`frame-body${help ? ' frame-helped' : ''}`}>
        <Nav sections={sections} at={at ?? ''} />
        <main ref={main} tabIndex={-1} className="screen" aria-label={section?.title}>
          {section ? (
            <section.screen key={section.id} />
          ) : (
            <p className="nothing">Nothing here is open to your roles.</p>
          )}
        </main>
        {help ? <HelpAside sections={sections} onClose={() => setHelp(false)} /> : null}
      </div>
      <Footer />
    </div>
  );
}

function HelpAside(props: Parameters<typeof Help>[0]): ReactNode {
  useAction('back', () => {
    if (!document.activeElement?.closest('.help')) return false;
    props.onClose();
    focusFirst(document.querySelector('main'));
    return true;
  });
  return <Help {...props} />;
}
