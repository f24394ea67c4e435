/**
 * The incident in hand is one for all windows of a position that show incidents: chosen in one, it is shown in the others, and
 * what a key asks about it is asked where the incident is. Through the station.
 */
import { useEffect, useRef } from 'react';
import type { Json } from '#domain/kernel/json.ts';
import { now } from '../clock/clock.ts';
import type { Station } from '../connection/station.ts';
import { useDrafts, useStation } from '../connection/use-station.ts';
import { dock } from '../layout/dock-api.ts';
import { INCIDENT_ASKS, type IncidentAsk, select, useSelection } from '../selection.ts';

/** The name under which it stands among the drafts of the position. */
const KEY = 'incident-in-hand';
/** Whoever goes through a list by the arrows has none of them in hand yet. ms */
const SAY_AFTER_MS = 120;

interface InHand {
  readonly incident: string;
  readonly ask: IncidentAsk | null;
  /** ms UTC */
  readonly at: number;
}

/** Out of what the station keeps, or null where it cannot be read. Pure. */
function readInHand(stored: Json | undefined): InHand | null {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return null;
  const { incident, ask, at } = stored as { readonly [key: string]: Json };
  if (typeof incident !== 'string' || typeof at !== 'number') return null;
  return { incident, ask: INCIDENT_ASKS.find((kind) => kind === ask) ?? null, at };
}

function say(station: Station, said: { readonly incident: string; readonly ask: IncidentAsk | null }): number {
  const at = now();
  station.call('draft.save', { key: KEY, value: { ...said, at } }).catch(() => undefined);
  return at;
}

/** Asks about the incident in the window that shows it, where that is another than this. */
export function askInItsWindow(station: Station, incident: string, ask: IncidentAsk): void {
  say(station, { incident, ask });
}

/** For a window that shows incidents. One that was torn off begins with what is in hand; the board with what it had itself. */
export function useIncidentInHand(window: 'board' | 'torn off'): void {
  const station = useStation();
  const stored = useDrafts()[KEY];
  const incident = useSelection((at) => at.incident);
  const shared = useRef<string | null>(null);
  const upTo = useRef<number | null>(null);
  upTo.current ??= window === 'board' ? now() : 0;
  useEffect(() => {
    if (incident === null || incident === shared.current) return;
    const timer = setTimeout(() => {
      shared.current = incident;
      upTo.current = say(station, { incident, ask: null });
    }, SAY_AFTER_MS);
    return () => clearTimeout(timer);
  }, [station, incident]);
  const began = useRef<number | null>(null);
  began.current ??= now();
  useEffect(() => {
    const heard = readInHand(stored);
    if (!heard || heard.at <= (upTo.current ?? 0)) return;
    upTo.current = heard.at;
    shared.current = heard.incident;
    select({ incident: heard.incident });
    // What was asked before this window stood was asked of another.
    if (heard.ask === null || heard.at < (began.current ?? 0) || !dock.isOpen('incident')) return;
    select({ ask: { incident: heard.incident, kind: heard.ask, from: null }, asked: true });
  }, [stored]);
}
