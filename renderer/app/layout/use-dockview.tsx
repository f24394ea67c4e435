import { createDockview, type DockviewApi } from 'dockview';
import { type ReactNode, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { callsInHand } from '../../features/intake/calls-in-hand.ts';
import { select } from '../selection.ts';
import { HeadActions, Tab } from './panel-head.tsx';
import { PANELS, panelName, panelSubject } from './panels.tsx';
import { giveRoomBack } from './placing.ts';

/** What React draws into an element of dockview's. */
interface Slot {
  readonly key: string;
  readonly element: HTMLElement;
  readonly node: ReactNode;
}

export interface MountedDock {
  /** Where it is put up. */
  readonly host: RefObject<HTMLDivElement | null>;
  /** Null until it is. */
  readonly api: DockviewApi | null;
  readonly slots: readonly Slot[];
  /** The panel in hand: the last that had the focus, by its id. */
  readonly last: RefObject<string | null>;
}

const THEME = { name: 'board', className: 'dockview-theme-board', gap: 8 };

/** The panels share the room that there is now. */
export function layOut(api: DockviewApi, { clientWidth, clientHeight }: HTMLElement): void {
  if (clientWidth > 0 && clientHeight > 0) api.layout(clientWidth, clientHeight);
}

/** Dockview, put up where `host` is drawn, with what React draws in it. */
export function useDockview(): MountedDock {
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

  return { host, api, slots, last };
}
