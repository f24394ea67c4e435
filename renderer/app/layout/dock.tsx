import 'dockview/dist/styles/dockview.css';
import './dock.css';
import { createDockview, type DockviewApi, type IDockviewPanel } from 'dockview';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { createPortal, flushSync } from 'react-dom';
import { callsInHand, forgetCall } from '../../features/intake/calls-in-hand.ts';
import { windowSubject } from '../../features/intake/take-calls.ts';
import { now } from '../clock/clock.ts';
import { echo } from '../command-line/echo.ts';
import { useStation } from '../connection/use-station.ts';
import { select } from '../selection.ts';
import { useTornWindows } from '../windows/torn-windows.ts';
import type { Tall } from './borders.ts';
import { buildDefault } from './default-layout.ts';
import { dock, provideDock } from './dock-api.ts';
import { PANELS, panelName, panelSubject } from './panels.tsx';
import { addWhereItBelongs, giveRoomBack, isPassing } from './placing.ts';
import { useSavedLayouts } from './saved.ts';
import { useBorders } from './use-borders.ts';

interface Slot {
  readonly key: string;
  readonly element: HTMLElement;
  readonly node: ReactNode;
}

/** Frames in which a panel that has just been opened must have been drawn. */
const FRAMES = 10;
const STILL_OPENING = 'this call has no number yet; tear it off when it has';
const THEME = { name: 'board', className: 'dockview-theme-board', gap: 8 };

/** Counts the wishes for the focus: only the last one is still carried out in a later frame. */
let wishes = 0;

/** Puts the focus where work in this panel begins. */
function focusIn(panel: IDockviewPanel | undefined): void {
  if (!panel) return;
  panel.api.setActive();
  // Drawn now, so that the very next key goes to the panel; where it cannot be yet, in one of the next frames.
  flushSync(() => undefined);
  const wish = ++wishes;
  const from = document.activeElement;
  const tryFocus = (left: number): void => {
    // Whoever is somewhere else by now is typing there.
    const at = document.activeElement;
    if (wish !== wishes || (at !== from && at !== document.body)) return;
    const body = document.querySelector(`[data-panel="${CSS.escape(panel.id)}"]`);
    const target = body?.querySelector<HTMLElement>('[data-panel-focus]');
    target?.focus();
    if ((!target || document.activeElement !== target) && left > 0) requestAnimationFrame(() => tryFocus(left - 1));
  };
  tryFocus(FRAMES);
}

/** The panels share the room that there is now. */
function layOut(api: DockviewApi, { clientWidth, clientHeight }: HTMLElement): void {
  if (clientWidth > 0 && clientHeight > 0) api.layout(clientWidth, clientHeight);
}

function Tab({ panel }: { readonly panel: string }): ReactNode {
  const kind = PANELS[panelName(panel)];
  const name = useRef<HTMLSpanElement>(null);
  // The tab is called what it says, not by the panel's id.
  useEffect(() => name.current?.closest('[role="tab"]')?.removeAttribute('aria-label'));
  // A call gets its number when its tab stands already, and the strip is as wide as its neighbours leave it: the tab in
  // hand is brought into sight whole again.
  useEffect(() => {
    const tab = name.current?.closest('[role="tab"]');
    if (!tab?.parentElement) return;
    const observer = new ResizeObserver(() => {
      if (tab.matches('.dv-active-tab')) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
    for (const one of [tab, tab.parentElement]) observer.observe(one);
    return () => observer.disconnect();
  }, []);
  return (
    <span ref={name} className="contents">
      {kind?.Title ? <kind.Title subject={panelSubject(panel)} /> : (kind?.title ?? panel)}
    </span>
  );
}

/** The panels of the board: docked, tabbed, sized, torn off; saved by the station for this position. */
export function DockArea(): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const [slots, setSlots] = useState<readonly Slot[]>([]);
  const [api, setApi] = useState<DockviewApi | null>(null);
  const last = useRef<string | null>(null);

  useLayoutEffect(() => {
    const element = host.current;
    if (!element) return;
    const add = (slot: Slot): void => setSlots((before) => [...before.filter((one) => one.key !== slot.key), slot]);
    const drop = (key: string): void => setSlots((before) => before.filter((one) => one.key !== key));
    let serial = 0;
    const made = createDockview(element, {
      theme: THEME,
      disableFloatingGroups: true,
      // Dockview takes over a size a frame after it was measured, when it may no longer be so.
      disableAutoResizing: true,
      announcements: false,
      createComponent: ({ id, name }) => {
        const body = document.createElement('div');
        body.className = 'dock-body';
        body.dataset.panel = id;
        const key = `body ${id} ${++serial}`;
        const kind = PANELS[name];
        return {
          element: body,
          init: () => add({ key, element: body, node: kind ? <kind.Body subject={panelSubject(id)} /> : null }),
          dispose: () => drop(key),
        };
      },
      createTabComponent: ({ id }) => {
        const tab = document.createElement('div');
        tab.className = 'dock-tab';
        const key = `tab ${id} ${++serial}`;
        return {
          element: tab,
          init: () => add({ key, element: tab, node: <Tab panel={id} /> }),
          dispose: () => drop(key),
        };
      },
      defaultTabComponent: 'tab',
      createRightHeaderActionComponent: (group) => {
        const bar = document.createElement('div');
        bar.className = 'tab-actions';
        const key = `head ${++serial}`;
        const draw = (): void => {
          const panel = group.activePanel;
          add({ key, element: bar, node: panel ? <HeadActions panel={panel} /> : null });
        };
        const listening = group.api.onDidActivePanelChange(draw);
        return {
          element: bar,
          init: draw,
          dispose: () => {
            listening.dispose();
            drop(key);
          },
        };
      },
    });
    setApi(made);
    layOut(made, element);
    const sized = new ResizeObserver(() => layOut(made, element));
    sized.observe(element);
    made.onDidRemovePanel(() => queueMicrotask(() => giveRoomBack(made)));
    const onFocus = (event: FocusEvent): void => {
      const body = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-panel]') : null;
      const id = body?.dataset.panel;
      if (!id || id === last.current) return;
      last.current = id;
      // The call in hand is the incident in hand.
      const incident = panelName(id) === 'intake' ? callsInHand()[panelSubject(id)]?.incident : null;
      if (incident) select({ incident });
    };
    element.addEventListener('focusin', onFocus);
    return () => {
      element.removeEventListener('focusin', onFocus);
      sized.disconnect();
      setApi(null);
      // React is drawing; dockview's own clean-up drops slots, which may wait until it is done.
      queueMicrotask(() => made.dispose());
    };
  }, []);

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
  }, [api, station, torn, layouts, borders]);

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

function HeadActions({ panel }: { readonly panel: IDockviewPanel }): ReactNode {
  const station = useStation();
  const kind = PANELS[panelName(panel.id)];
  // The region is called what the tab in hand says, not by the panel's id.
  useEffect(() => {
    const tab = document.querySelector(`[data-tab-panel-id="${CSS.escape(panel.id)}"]`);
    if (tab) tab.closest('[role="region"]')?.setAttribute('aria-labelledby', tab.id);
  }, [panel]);
  return (
    <>
      {kind?.Hint ? (
        <span>
          <kind.Hint />
        </span>
      ) : null}
      {kind?.passing ? null : (
        <button
          type="button"
          title="The whole height for this panel, or back"
          aria-label="Whole height"
          onClick={() => dock.tall(panel.id)}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M8 1.5v13M4.5 5 8 1.5 11.5 5M4.5 11 8 14.5 11.5 11" />
          </svg>
        </button>
      )}
      <button
        type="button"
        title="Into a window of its own"
        aria-label="Tear off"
        onClick={() => dock.tearOff(panel.id)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M9 2h5v5M14 2 8 8M6 3H2v11h11v-4" />
        </svg>
      </button>
      {kind?.passing ? (
        <button
          type="button"
          title="Close this panel; what was typed stays"
          aria-label="Close panel"
          onClick={() => (kind.leave ? kind.leave(station, panelSubject(panel.id)) : dock.close(panel.id))}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="m3 3 10 10M13 3 3 13" />
          </svg>
        </button>
      ) : null}
    </>
  );
}
