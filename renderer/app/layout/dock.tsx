import 'dockview/dist/styles/dockview.css';
import './dock.css';
import type { DockviewApi, IDockviewPanel } from 'dockview';
import { type ReactNode, useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { forgetCall } from '../../features/intake/calls-in-hand.ts';
import { windowSubject } from '../../features/intake/take-calls.ts';
import { now } from '../clock/clock.ts';
import { echo } from '../command-line/echo.ts';
import { useStation } from '../connection/use-station.ts';
import { useTornWindows } from '../windows/torn-windows.ts';
import type { Tall } from './borders.ts';
import { buildDefault } from './default-layout.ts';
import { provideDock } from './dock-api.ts';
import { focusIn } from './focus-in.ts';
import { panelName, panelSubject } from './panels.tsx';
import { addWhereItBelongs, isPassing } from './placing.ts';
import { useSavedLayouts } from './saved.ts';
import { useBorders } from './use-borders.ts';
import { layOut, useDockview } from './use-dockview.tsx';

const STILL_OPENING = 'this call has no number yet; tear it off when it has';

/** The panels of the board: docked, tabbed, sized, torn off; saved by the station for this position. */
export function DockArea(): ReactNode {
  const { host, api, slots, last } = useDockview();
  const tall = useRef<Tall | null>(null);
  const layouts = useSavedLayouts(api, () => buildDefaultOf(api, host.current), tall);
  const borders = useBorders(api, host, tall, layouts.chosen);
  const station = useStation();
  const torn = useTornWindows((panel) => {
    layouts.chosen();
    api?.getPanel(panel)?.api.close();
    // The call is in hand in its own window now.
    if (panelName(panel) === 'intake') forgetCall(panelSubject(panel));
  });

  useEffect(() => {
    if (!api) return;
    const goTo = (panel: IDockviewPanel | undefined): void => {
      if (panel) borders.show(panel);
      focusIn(panel);
    };
    const open = (id: string): void => {
      const shown = api.getPanel(id);
      if (shown) {
        goTo(shown);
        return;
      }
      if (torn.focus(id)) return;
      // By the room that there is now: what stood beside the board may have gone a moment ago.
      if (host.current) layOut(api, host.current);
      focusIn(addWhereItBelongs(api, id));
    };
    provideDock({
      open,
      openBehind: (id) => {
        if (!api.getPanel(id) && !torn.holds(id)) addWhereItBelongs(api, id, true);
      },
      close: (id) => {
        const panel = api.getPanel(id);
        const held = document.querySelector(`[data-panel="${CSS.escape(id)}"]`)?.closest('.dv-groupview');
        const hadFocus = held?.contains(document.activeElement) ?? false;
        panel?.api.close();
        if (hadFocus) goTo(api.getPanel('pending'));
      },
      passing: () => {
        const inSight = api.groups.flatMap(({ activePanel }) =>
          activePanel && isPassing(activePanel) ? activePanel.id : [],
        );
        return inSight.find((id) => id === last.current) ?? inSight[0] ?? null;
      },
      step: (by) => {
        const groups = api.groups.filter((group) => group.activePanel);
        const at = groups.findIndex((group) => group.panels.some((panel) => panel.id === last.current));
        goTo(groups[(at + by + groups.length) % groups.length]?.activePanel);
      },
      current: () => (last.current !== null && api.getPanel(last.current) ? last.current : null),
      tall: borders.tall,
      tearOff: (id) => {
        const subject = panelSubject(id);
        if (panelName(id) !== 'intake') torn.open(id, id);
        else
          windowSubject(station, subject).then(
            (named) => (named === null ? echo(false, STILL_OPENING, now()) : torn.open(`intake:${named}`, id)),
            (failure: unknown) => echo(false, String(failure), now()),
          );
      },
      switchTo: layouts.switchTo,
      isOpen: (id) => api.getPanel(id) !== undefined,
    });
    return () => provideDock(null);
  }, [api, host, last, station, torn, layouts, borders]);

  return (
    <>
      <div ref={host} className="h-full" />
      {slots.map((slot) => createPortal(slot.node, slot.element, slot.key))}
    </>
  );
}

function buildDefaultOf(api: DockviewApi | null, host: HTMLElement | null): void {
  if (!api || !host) return;
  // By the room that there is now: the board may have become smaller in this very moment.
  layOut(api, host);
  buildDefault(api, host.clientWidth, host.clientHeight);
}
