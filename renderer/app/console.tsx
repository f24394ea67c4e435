import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { HelpCard } from '../features/help/help-card.tsx';
import '../features/help/help.css';
import { forgetFound } from '../features/found/found.ts';
import { useIncidentKeys } from '../features/incident/incident-panel.tsx';
import { useDraftSaving, useTakingCalls } from '../features/intake/take-calls.ts';
import { Locked, SignIn, Unwelcome } from '../features/sign-in/sign-in.tsx';
import { now, setClock, startClock } from './clock/clock.ts';
import { CommandLine } from './command-line/command-line.tsx';
import { echo } from './command-line/echo.ts';
import { useConnection, useMe, useOfReach, useStation, useTopic } from './connection/use-station.ts';
import { forgetFilters } from './filters.ts';
import { forgetFocus, keepFocus, restoreFocus } from './focus-kept.ts';
import { Header, StateApart } from './header/header.tsx';
import { listenForKeys, useAction } from './keys/actions.ts';
import { DockArea } from './layout/dock.tsx';
import { dock, noDock, provideDock } from './layout/dock-api.ts';
import { PANELS, panelName, panelSubject } from './layout/panels.tsx';
import { wakeSounds } from './sounds/player.ts';
import { useBoardSounds } from './sounds/use-board-sounds.ts';
import { useStoredPreferences } from './theme/use-stored-preferences.ts';
import { forgetAllTyped } from './typed-kept.ts';
import { useActivity } from './use-activity.ts';
import { useBoardKeys } from './use-board-keys.ts';

/** Everything in a window: sign-in, the lock, the board, or the one panel that was torn off into it. */
export function Console({ panel }: { readonly panel: string | null }): ReactNode {
  const me = useMe();
  const [zone, offset, site] = [useOfReach('timeZone'), useOfReach('clockOffset'), useOfReach('site')];
  const { unwelcome } = useConnection();
  const { ready } = useTopic('me');
  useEffect(() => startClock(), []);
  useEffect(() => listenForKeys(), []);
  useEffect(() => {
    window.addEventListener('keydown', wakeSounds);
    window.addEventListener('pointerdown', wakeSounds);
    return () => {
      window.removeEventListener('keydown', wakeSounds);
      window.removeEventListener('pointerdown', wakeSounds);
    };
  }, []);
  useEffect(() => {
    if (zone !== null && offset !== null) setClock(zone, offset);
  }, [zone, offset]);
  const title = PANELS[panelName(panel ?? '')]?.title;
  useEffect(() => {
    document.title = [title, me?.positionName, site ?? 'Quantum Dispatch'].filter(Boolean).join(' · ');
  }, [title, me, site]);
  useStoredPreferences();
  const gone = ready && !me;
  useEffect(() => {
    // Signed out is not locked: whoever signs in begins on the board.
    if (!gone) return;
    forgetFocus();
    forgetFilters();
    forgetFound();
    forgetAllTyped();
  }, [gone]);

  if (unwelcome) return <Unwelcome why={unwelcome.message} />;
  if (!me) return ready ? <SignIn /> : null;
  return (
    <>
      {panel === null ? <BoardSounds /> : null}
      <Activity />
      {me.locked ? (
        <Locked name={me.name} ended={me.ended} />
      ) : panel === null ? (
        <Board key={me.user} user={me.user} />
      ) : (
        <TornPanel panel={panel} user={me.user} />
      )}
    </>
  );
}

/** Calls and timers are heard behind the lock, too. */
function BoardSounds(): ReactNode {
  useBoardSounds();
  return null;
}

/** Tells the station that somebody is at work here. */
function Activity(): ReactNode {
  useActivity();
  return null;
}

/** The lock takes the board away: where the focus was is kept before it goes. */
function useFocusKept(user: string): void {
  useLayoutEffect(() => () => keepFocus(user), [user]);
}

function Board({ user }: { readonly user: string }): ReactNode {
  const [help, setHelp] = useState(false);
  useFocusKept(user);
  useBoardKeys();
  useIncidentKeys();
  useTakingCalls();
  useAction('help', () => {
    if (help && document.activeElement?.closest('.help')) dock.open(dock.current() ?? 'pending');
    setHelp(!help);
    return true;
  });
  return (
    <div className="flex h-full flex-col">
      <Header />
      <main className="flex min-h-0 flex-1 gap-2 p-2">
        <h1 className="sr-only-text">Dispatch board</h1>
        <div className="min-w-0 flex-1">
          <DockArea />
        </div>
        {help ? (
          <div className="w-[30rem] max-w-[45%]">
            <HelpCard
              onClose={() => {
                setHelp(false);
                dock.open(dock.current() ?? 'pending');
              }}
            />
          </div>
        ) : null}
      </main>
      <CommandLine />
    </div>
  );
}

/** One panel in a window of its own, with the keys and the command line that it needs. */
function TornPanel({ panel, user }: { readonly panel: string; readonly user: string }): ReactNode {
  const body = useRef<HTMLDivElement>(null);
  const station = useStation();
  const [help, setHelp] = useState(false);
  useFocusKept(user);
  useDraftSaving(station);
  useEffect(() => {
    // The first key in a new window already goes to its panel.
    const watch = setInterval(() => {
      const target = body.current?.querySelector<HTMLElement>('[data-panel-focus]');
      if (target && !restoreFocus(user) && document.activeElement === document.body) target.focus();
      if (target) clearInterval(watch);
    }, 50);
    return () => clearInterval(watch);
  }, [user]);
  useEffect(() => {
    provideDock({
      ...noDock,
      current: () => panel,
      isOpen: (id) => id === panel,
      open: (id) => {
        if (id === panel) body.current?.querySelector<HTMLElement>('[data-panel-focus]')?.focus();
        else echo(false, `${PANELS[panelName(id)]?.title ?? 'that'} is in the window of the board`, now());
      },
      // The window of the board hears of it and puts it up.
      switchTo: (number) => {
        station.call('layout.save', { name: 'current', layout: { number } }).catch(() => undefined);
      },
    });
    return () => provideDock(null);
  }, [panel, station]);
  const kind = PANELS[panelName(panel)];
  const subject = panelSubject(panel);
  useBoardKeys();
  useIncidentKeys();
  // What the board alone can do says so: a key is never without an answer.
  useAction('board', () => {
    dock.open(panel);
    return true;
  });
  useAction('call.new', () => {
    echo(false, 'a new call opens in the window of the board', now());
    return true;
  });
  useAction('help', () => {
    if (help) dock.open(panel);
    setHelp(!help);
    return true;
  });
  return (
    <div className="flex h-full flex-col">
      <main className="flex min-h-0 flex-1 flex-col">
        <div className="torn-title">
          <h1 className="dock-tab">{kind?.Title ? <kind.Title subject={subject} /> : (kind?.title ?? panel)}</h1>
          <StateApart />
        </div>
        <div className="flex min-h-0 flex-1 gap-2">
          <div ref={body} className="dock-body min-w-0 flex-1" data-panel={panel}>
            {kind ? <kind.Body subject={subject} /> : <p className="p-4">There is no such panel.</p>}
          </div>
          {help ? (
            <div className="w-[30rem] max-w-[60%]">
              <HelpCard
                onClose={() => {
                  setHelp(false);
                  dock.open(panel);
                }}
              />
            </div>
          ) : null}
        </div>
      </main>
      <CommandLine />
    </div>
  );
}
