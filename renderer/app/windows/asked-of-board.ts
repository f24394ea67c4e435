/** What somebody at a panel in a window of its own goes to, and the window of the board has: asked for through the station. */
import { useEffect, useRef } from 'react';
import type { Json } from '#domain/kernel/json.ts';
import { now } from '../clock/clock.ts';
import { inShell } from '../connection/port.ts';
import type { Station } from '../connection/station.ts';
import { useDrafts } from '../connection/use-station.ts';

/** The name under which it stands among the drafts of the position. */
const KEY = 'asked-of-board';

export interface AskedOfBoard {
  readonly panel: string;
  /** The incident that was in hand where it is to be the one on the board too. */
  readonly incident: string | null;
  /** ms UTC */
  readonly at: number;
}

/** Out of what the station keeps, or null where it cannot be read. Pure. */
function readAsked(stored: Json | undefined): AskedOfBoard | null {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return null;
  const { panel, incident, at } = stored as { readonly [key: string]: Json };
  if (typeof panel !== 'string' || typeof at !== 'number') return null;
  return { panel, incident: typeof incident === 'string' ? incident : null, at };
}

/** The window that this one was torn off from; null in the desktop shell, which opens windows itself. */
const boardWindow = (): Window | null => window.opener as Window | null;

/** Has the board show a panel, and brings its window to the front. False where that was closed: in a browser nobody would hear. */
export function askBoard(station: Station, panel: string, incident: string | null): boolean {
  const board = boardWindow();
  if (board?.closed) return false;
  station.call('draft.save', { key: KEY, value: { panel, incident, at: now() } }).catch(() => undefined);
  if (board) board.focus();
  // An address of the console without a panel is the board's: the shell raises the window that shows it, or opens one.
  else if (inShell()) window.open(location.pathname);
  return true;
}

/** For the window of the board. What was asked before it stood was answered by another, or by nobody who still waits. */
export function useAskedOfBoard(show: (asked: AskedOfBoard) => void): void {
  const stored = useDrafts()[KEY];
  const upTo = useRef<number | null>(null);
  upTo.current ??= now();
  useEffect(() => {
    const asked = readAsked(stored);
    if (!asked || asked.at <= (upTo.current ?? 0)) return;
    upTo.current = asked.at;
    show(asked);
  }, [stored, show]);
}
