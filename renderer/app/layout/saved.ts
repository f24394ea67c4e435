/** Layouts of a position: nine by number, kept by the station, back as they were when its user signs in again. */
import type { DockviewApi, SerializedDockview } from 'dockview';
import { useEffect, useMemo, useRef } from 'react';
import type { CallInput } from '#domain/bridge/calls.ts';
import type { Json } from '#domain/kernel/json.ts';
import { now } from '../clock/clock.ts';
import { echo } from '../command-line/echo.ts';
import { useLayouts, useMe, useStation, useTopic } from '../connection/use-station.ts';
import { keepFocusInPanels, restoreFocus } from '../focus-kept.ts';
import { echoes } from '../theme/echoes.ts';
import { closeTorn, reopenTorn, type TornPlace, tornPlaces } from '../windows/torn-windows.ts';
import type { Tall } from './borders.ts';
import { dock } from './dock-api.ts';
import { PANELS, panelName } from './panels.tsx';
import { addWhereItBelongs, forgetRoom, isPassing, passes } from './placing.ts';
import { withoutPanels } from './without.ts';

const SAVE_AFTER_MS = 700;
/** Changes that dockview makes by itself right after a layout was put up are nobody's choice. */
const SETTLE_MS = 600;

interface Saved {
  readonly dock: SerializedDockview;
  readonly windows: readonly TornPlace[];
  readonly tall: Tall | null;
}

const isPlaces = (stored: Json | undefined): stored is number[] =>
  Array.isArray(stored) && stored.every((place) => typeof place === 'number');

function readTall(stored: Json | undefined): Tall | null {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return null;
  const { panel, before, since } = stored as { readonly [key: string]: Json };
  return typeof panel === 'string' && isPlaces(before) && isPlaces(since) ? { panel, before, since } : null;
}

function readSaved(stored: Json | undefined): Saved | null {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return null;
  const { dock, windows, tall } = stored as { readonly [key: string]: Json };
  if (typeof dock !== 'object' || dock === null) return null;
  const places = Array.isArray(windows) ? windows : [];
  return {
    dock: dock as unknown as SerializedDockview,
    windows: places.filter(
      (place): place is Json & TornPlace => typeof (place as { panel?: unknown } | null)?.panel === 'string',
    ),
    tall: readTall(tall),
  };
}

/** Which of the nine was in use last. */
function readCurrent(stored: Json | undefined): number {
  const number = (stored as { readonly number?: unknown } | null | undefined)?.number;
  return typeof number === 'number' && Number.isInteger(number) && number >= 1 && number <= 9 ? number : 1;
}

interface Layouts {
  readonly switchTo: (number: number) => void;
  /** What changes now is somebody's choice, however short a time after a layout was put up. */
  readonly chosen: () => void;
}

export function useSavedLayouts(
  api: DockviewApi | null,
  buildDefault: () => void,
  /** Which panel has the whole height of its column. */
  tall: { current: Tall | null },
): Layouts {
  const station = useStation();
  const { ready } = useTopic('layouts');
  const rows = useLayouts();
  const user = useMe()?.user ?? '';
  const current = useRef<number | null>(null);
  const chosenHere = useRef(echoes());
  const restored = useRef(false);
  const quietUntil = useRef(0);
  /** Saves a change at once for which the pause after it is not over. */
  const saveNow = useRef<() => void>(() => undefined);
  /** What was saved here since the board was put up: the station says it again only a moment later. */
  const savedHere = useRef(new Map<string, Json>());
  const latest = useRef({ rows, buildDefault, user });
  latest.current = { rows, buildDefault, user };

  const put = useMemo(
    () =>
      (dock: DockviewApi, number: number): boolean => {
        saveNow.current();
        const goBack = keepFocusInPanels(latest.current.user);
        quietUntil.current = performance.now() + SETTLE_MS;
        const first = current.current === null;
        current.current = number;
        const name = `layout-${number}`;
        const saved = readSaved(savedHere.current.get(name) ?? latest.current.rows[name]);
        if (!first) closeTorn((panel) => passes(panel) || saved?.windows.some((one) => one.panel === panel) === true);
        const passing = dock.panels.filter(isPassing).map((panel) => panel.id);
        let reopened: readonly TornPlace[] = [];
        if (saved) {
          try {
            dock.fromJSON(saved.dock);
            // A call in a window of its own is there until it is closed, whatever the layout.
            reopened = reopenTorn(station, first ? saved.windows : saved.windows.filter(({ panel }) => !passes(panel)));
          } catch {
            latest.current.buildDefault();
          }
        } else latest.current.buildDefault();
        tall.current = saved?.tall ?? null;
        // Calls that are open stay open whatever the layout; drafts may have brought one here before its window was known.
        forgetRoom();
        const staying = passing.filter((id) => !dock.getPanel(id) && !reopened.some(({ panel }) => panel === id));
        for (const id of staying) addWhereItBelongs(dock, id, PANELS[panelName(id)]?.home);
        queueMicrotask(goBack);
        return saved !== null;
      },
    [station, tall],
  );

  useEffect(() => {
    if (!api || !ready || restored.current) return;
    const number = readCurrent(rows.current);
    if (current.current === null || rows[`layout-${number}`]) {
      restored.current = put(api, number);
      // The first key after signing in goes to the board; asked for before any key can ask for something else.
      queueMicrotask(() => {
        if (!restoreFocus(user) && document.activeElement === document.body) dock.open('pending');
      });
    }
  }, [api, ready, rows, put, user]);

  // Chosen in another window of this position.
  useEffect(() => {
    if (!api || current.current === null || rows.current === undefined) return;
    const number = readCurrent(rows.current);
    if (!chosenHere.current.isOutdated(String(number)) && number !== current.current) put(api, number);
  }, [api, rows.current, put]);

  useEffect(() => {
    if (!api) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const save = (): void => {
      timer = undefined;
      const number = current.current;
      if (number === null) return;
      const lasting = withoutPanels(api.toJSON(), new Set(api.panels.filter(isPassing).map((panel) => panel.id)));
      if (!lasting) return;
      restored.current = true;
      const layout: CallInput<'layout.save'>['layout'] = JSON.parse(
        JSON.stringify({ dock: lasting, windows: tornPlaces(), tall: tall.current }),
      );
      savedHere.current.set(`layout-${number}`, layout);
      station.call('layout.save', { name: `layout-${number}`, layout }).catch(() => undefined);
    };
    const changed = api.onDidLayoutChange(() => {
      clearTimeout(timer);
      timer = performance.now() > quietUntil.current ? setTimeout(save, SAVE_AFTER_MS) : undefined;
    });
    // The lock, another layout or the end of the page may come before the pause after a change is over.
    const savePending = (): void => {
      if (timer === undefined) return;
      clearTimeout(timer);
      save();
    };
    saveNow.current = savePending;
    window.addEventListener('pagehide', savePending);
    return () => {
      window.removeEventListener('pagehide', savePending);
      savePending();
      saveNow.current = () => undefined;
      changed.dispose();
    };
  }, [api, station, tall]);

  return useMemo(
    () => ({
      chosen: () => {
        quietUntil.current = 0;
      },
      switchTo: (number: number) => {
        if (!api || current.current === number) return;
        const known = put(api, number);
        chosenHere.current.sent(String(number));
        station.call('layout.save', { name: 'current', layout: { number } }).catch(() => undefined);
        echo(true, known ? `layout ${number}` : `layout ${number}: new, as you arrange it now`, now());
      },
    }),
    [api, put, station],
  );
}
