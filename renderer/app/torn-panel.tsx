import { type ReactNode, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { HelpCard } from '../features/help/help-card.tsx';
import { useIncidentKeys } from '../features/incident/incident-panel.tsx';
import { forgetCall } from '../features/intake/calls-in-hand.ts';
import { ANOTHER_CALL, useDraftSaving } from '../features/intake/take-calls.ts';
import { now } from './clock/clock.ts';
import { CommandLine } from './command-line/command-line.tsx';
import { echo } from './command-line/echo.ts';
import { useStation } from './connection/use-station.ts';
import { restoreFocus, useFocusKept } from './focus-kept.ts';
import { StateApart } from './header/header.tsx';
import { useAction } from './keys/actions.ts';
import { dock, noDock, provideDock } from './layout/dock-api.ts';
import { PANELS, panelName, panelSubject } from './layout/panels.tsx';
import { selection } from './selection.ts';
import { useBoardKeys } from './use-board-keys.ts';
import { askBoard } from './windows/asked-of-board.ts';
import { useIncidentInHand } from './windows/incident-in-hand.ts';

const CLOSED = 'the window of the board is closed; open the console again';

/** Panels that show which incident is in hand: in others nothing may be done to one that nobody sees there. */
const OF_INCIDENTS = ['pending', 'active', 'closed', 'found', 'incident'];

function IncidentInHand(): ReactNode {
  useIncidentInHand('torn off');
  return null;
}

/** One panel in a window of its own, with the keys and the command line that it needs. */
export function TornPanel({ panel, user }: { readonly panel: string; readonly user: string }): ReactNode {
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
    /** Whatever is not here is gone to there: a key is never without an answer. */
    const onBoard = (id: string, said: string): void => {
      // The call is in hand there, with what is typed into it.
      if (panelName(id) === 'intake') forgetCall(panelSubject(id));
      const asked = askBoard(station, id, panelName(id) === 'incident' ? selection().incident : null);
      echo(asked, asked ? said : CLOSED, now());
    };
    provideDock({
      ...noDock,
      current: () => panel,
      isOpen: (id) => id === panel,
      open: (id) => {
        if (id !== panel) {
          onBoard(id, `${PANELS[panelName(id)]?.title ?? 'that'} is in the window of the board`);
          return;
        }
        // Drawn now: what is shown may just have become another, with another element for the focus.
        flushSync(() => undefined);
        body.current?.querySelector<HTMLElement>('[data-panel-focus]')?.focus();
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
  useAction('board', () => {
    dock.open(panel);
    return true;
  });
  useAction('call.new', () => {
    dock.open(`intake:${ANOTHER_CALL}`);
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
          {OF_INCIDENTS.includes(panelName(panel)) ? <IncidentInHand /> : null}
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
      <CommandLine panel={panel} />
    </div>
  );
}
