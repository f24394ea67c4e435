import { type ReactNode, useCallback, useEffect, useLayoutEffect, useState } from 'react';
import { HelpCard } from '../features/help/help-card.tsx';
import '../features/help/help.css';
import { useIncidentKeys } from '../features/incident/incident-panel.tsx';
import { takeAsked, useTakingCalls } from '../features/intake/take-calls.ts';
import { Locked, SignIn, Unwelcome } from '../features/sign-in/sign-in.tsx';
import { setClock, startClock } from './clock/clock.ts';
import { CommandLine } from './command-line/command-line.tsx';
import { forgetSaid } from './command-line/echo.ts';
import { useConnection, useMe, useOfReach, useStation, useTopic } from './connection/use-station.ts';
import { forgetFilters } from './filters.ts';
import { forgetFocus, useFocusKept } from './focus-kept.ts';
import { Header } from './header/header.tsx';
import { listenForKeys, useAction } from './keys/actions.ts';
import { DockArea } from './layout/dock.tsx';
import { dock } from './layout/dock-api.ts';
import { PANELS, panelName, panelSubject } from './layout/panels.tsx';
import { select } from './selection.ts';
import { wakeSounds } from './sounds/player.ts';
import { useBoardSounds } from './sounds/use-board-sounds.ts';
import { useStoredPreferences } from './theme/use-stored-preferences.ts';
import { TornPanel } from './torn-panel.tsx';
import { forgetAllTyped } from './typed-kept.ts';
import { useActivity } from './use-activity.ts';
import { useBoardKeys } from './use-board-keys.ts';
import { useNetworkReturned } from './use-network-returned.ts';
import { type AskedOfBoard, useAskedOfBoard } from './windows/asked-of-board.ts';
import { useIncidentInHand } from './windows/incident-in-hand.ts';

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
  useNetworkReturned();
  const user = me?.user ?? null;
  // Before anything of whoever comes next is drawn: they send no unit that another marked.
  useLayoutEffect(() => {
    if (user === null) return;
    return () => {
      select({ marked: [] });
      forgetSaid();
    };
  }, [user]);
  const gone = ready && !me;
  useEffect(() => {
    // Signed out is not locked: whoever signs in begins on the board.
    if (!gone) return;
    forgetFocus();
    forgetFilters();
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

/** By itself: the selection goes by without anything else of the board being drawn. */
function IncidentInHand(): ReactNode {
  useIncidentInHand('board');
  return null;
}

function Board({ user }: { readonly user: string }): ReactNode {
  const [help, setHelp] = useState(false);
  useFocusKept(user);
  useBoardKeys();
  useIncidentKeys();
  useTakingCalls();
  const station = useStation();
  useAskedOfBoard(
    useCallback(
      ({ panel, incident }: AskedOfBoard): void => {
        if (incident !== null) select({ incident });
        if (panelName(panel) === 'intake') takeAsked(station, panelSubject(panel));
        else dock.open(panel);
      },
      [station],
    ),
  );
  useAction('help', () => {
    if (help && document.activeElement?.closest('.help')) dock.open(dock.current() ?? 'pending');
    setHelp(!help);
    return true;
  });
  return (
    <div className="flex h-full flex-col">
      <IncidentInHand />
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
      <CommandLine panel={null} />
    </div>
  );
}
