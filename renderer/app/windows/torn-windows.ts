/** Panels in windows of their own: opened with a one-time token, come home to the board when their window closes. */
import { useMemo, useRef } from 'react';
import { now } from '../clock/clock.ts';
import { echo } from '../command-line/echo.ts';
import { inShell } from '../connection/port.ts';
import type { Station } from '../connection/station.ts';
import { useStation } from '../connection/use-station.ts';
import { isTyping } from '../keys/actions.ts';
import { dock } from '../layout/dock-api.ts';

export interface TornPlace {
  readonly panel: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Torn {
  readonly child: Window;
  readonly place: TornPlace;
}

const open = new Map<string, Torn>();
/** Those whose windows are being opened: the station is asked first. */
const coming = new Set<string>();
const HOME_CHECK_MS = 700;
let watching: ReturnType<typeof setInterval> | undefined;

export function tornPlaces(): TornPlace[] {
  return [...open.entries()].map(([panel, { child, place }]) =>
    child.closed
      ? place
      : { panel, x: child.screenX, y: child.screenY, width: child.innerWidth, height: child.innerHeight },
  );
}

function watchHome(): void {
  watching ??= setInterval(() => {
    for (const [panel, { child }] of open) {
      if (!child.closed) continue;
      open.delete(panel);
      // Whoever types on the board goes on there.
      if (isTyping(document.activeElement)) dock.openBehind(panel);
      else dock.open(panel);
    }
    if (open.size > 0) return;
    clearInterval(watching);
    watching = undefined;
  }, HOME_CHECK_MS);
}

async function openWindow(station: Station, place: TornPlace): Promise<boolean> {
  coming.add(place.panel);
  try {
    return await openNow(station, place);
  } finally {
    coming.delete(place.panel);
  }
}

async function openNow(station: Station, place: TornPlace): Promise<boolean> {
  const fragment = new URLSearchParams({ panel: place.panel });
  if (!inShell()) {
    const answer = await station.call('window.token', {});
    if (!answer.ok) {
      echo(false, answer.refusal.message, now());
      return false;
    }
    fragment.set('token', answer.value.token);
  }
  const features = `popup,left=${place.x},top=${place.y},width=${place.width},height=${place.height}`;
  const child = window.open(`${location.pathname}#${fragment}`, `qd-${place.panel}`, features);
  if (child) {
    open.set(place.panel, { child, place });
    watchHome();
  } else if (!inShell()) {
    echo(false, 'The browser held the window back. Allow windows for this address, or keep the panel here.', now());
    return false;
  }
  return true;
}

/** Returns those that are opened or stand: none in the shell, which opens its windows itself. */
export function reopenTorn(station: Station, places: readonly TornPlace[]): readonly TornPlace[] {
  if (inShell()) return [];
  for (const place of places) {
    const torn = open.get(place.panel);
    if (torn && !torn.child.closed) continue;
    open.delete(place.panel);
    openWindow(station, place)
      .then((opened) => {
        if (!opened) dock.open(place.panel);
      })
      .catch(() => dock.open(place.panel));
  }
  return places;
}

/** Closes the windows that are not to stay; their panels are elsewhere, and nothing brings them home. */
export function closeTorn(stays: (panel: string) => boolean): void {
  for (const [panel, { child }] of open) {
    if (stays(panel)) continue;
    open.delete(panel);
    child.close();
  }
}

export function useTornWindows(leave: (panel: string) => void): {
  /** Opens `panel` in a window; once it stands there, `from` leaves the board. */
  readonly open: (panel: string, from: string) => void;
  /** Brings the panel's own window to the front, where it has one. */
  readonly focus: (panel: string) => boolean;
  /** Whether the panel is in a window of its own, or will be. */
  readonly holds: (panel: string) => boolean;
} {
  const station = useStation();
  const leaving = useRef(leave);
  leaving.current = leave;
  return useMemo(
    () => ({
      open: (panel: string, from: string) => {
        const place = { panel, x: window.screenX + 80, y: window.screenY + 80, width: 1_000, height: 760 };
        openWindow(station, place)
          .then((opened) => {
            if (opened) leaving.current(from);
          })
          .catch((failure: unknown) => echo(false, String(failure), now()));
      },
      focus: (panel: string) => {
        const torn = open.get(panel);
        // It comes to the front as it opens.
        if (!torn || torn.child.closed) return coming.has(panel);
        torn.child.focus();
        return true;
      },
      holds: (panel: string) => coming.has(panel) || open.get(panel)?.child.closed === false,
    }),
    [station],
  );
}
