/**
 * A callsign typed in the units, a key at a time. Its letters are keys of the board as well: one that is, and with which a
 * unit begins, waits for what comes next. What leads on goes to the unit; Enter, or the same letter again, does the key's own.
 */
import { type KeyboardEvent, useRef, useState } from 'react';
import { perform } from '../../app/keys/actions.ts';
import { actionOf, type KeyedAction, latinAt } from '../../app/keys/key-map.ts';
import { preferences } from '../../app/theme/preferences.ts';
import { callsignBy } from '../../ui/row-by-digits.ts';

/** A key typed after a longer pause begins anew. ms */
const BREATH_MS = 1_500;
/** Of the incident in hand, and nothing that the units panel answers to: they are no keys here, and never wait. */
const NOT_HERE = ['hold', 'link', 'merge', 'close', 'priority'];

export interface Waiting {
  /** What was typed so far, in capitals. */
  readonly typed: string;
  /** What Enter does. */
  readonly action: KeyedAction;
  /** Units that it may lead to. */
  readonly leads: readonly string[];
}

/** What a letter would do that begins a callsign; null where it is no key here or no unit begins so. Pure. */
export function waitsFor(
  callsigns: readonly string[],
  typed: string,
  changed: { readonly [action: string]: string },
): Waiting | null {
  const action = actionOf(typed.slice(-1).toLowerCase(), false, changed);
  const leads = callsigns.filter((callsign) => callsign.startsWith(typed));
  return action && !NOT_HERE.includes(action.action) && leads.length > 0 ? { typed, action, leads } : null;
}

/** What a key types of a callsign: its letter, or the Latin one of its place where no unit is called by a letter of its own. Pure. */
export function keyMeant(
  callsigns: readonly string[],
  event: { readonly key: string; readonly code?: string },
): string {
  const latin = latinAt(event);
  const own = event.key.toUpperCase();
  return latin === null || callsigns.some((callsign) => callsign.toUpperCase().includes(own)) ? event.key : latin;
}

export interface CallsignTyped {
  readonly waiting: Waiting | null;
  readonly forget: () => void;
  /** True where the key was taken. */
  readonly take: (event: KeyboardEvent) => boolean;
}

/** `callsigns` in the order of the rows; `go` to one of them. */
export function useCallsignTyped(callsigns: readonly string[], go: (row: number) => void): CallsignTyped {
  const before = useRef({ typed: '', at: 0 });
  const [waiting, wait] = useState<Waiting | null>(null);
  const forget = (): void => {
    before.current = { typed: '', at: 0 };
    wait(null);
  };
  const take = (event: KeyboardEvent): boolean => {
    const { timeStamp } = event;
    const key = keyMeant(callsigns, event);
    if (waiting && key === 'Escape') {
      event.stopPropagation();
      forget();
      return true;
    }
    if (waiting && (key === 'Enter' || key.toUpperCase() === waiting.typed)) {
      if (event.repeat) return true;
      forget();
      perform(waiting.action.action);
      return true;
    }
    if (!/^[\p{L}\p{Nd}-]$/u.test(key)) {
      wait(null);
      return false;
    }
    const { typed, at } = before.current;
    const by = callsignBy(callsigns, waiting || timeStamp - at < BREATH_MS ? typed : '', key);
    before.current = { typed: by.typed, at: timeStamp };
    if (by.row >= 0) go(by.row);
    const next = /\d/.test(by.typed) ? null : waitsFor(callsigns, by.typed, preferences().keys);
    wait(next);
    // Another letter may be a key of the board as well.
    return by.row >= 0 || /\d/.test(key) || next !== null;
  };
  return { waiting, forget, take };
}
