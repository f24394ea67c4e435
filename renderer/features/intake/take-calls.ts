/** Opens calls, keeps their drafts at the station, and brings them back when the position is signed in again. */
import { useEffect, useRef } from 'react';
import { now } from '../../app/clock/clock.ts';
import { echo } from '../../app/command-line/echo.ts';
import type { Station } from '../../app/connection/station.ts';
import { useConnection, useDrafts, useStation } from '../../app/connection/use-station.ts';
import { keepDraft } from '../../app/drafts.ts';
import { useAction } from '../../app/keys/actions.ts';
import { dock } from '../../app/layout/dock-api.ts';
import { select } from '../../app/selection.ts';
import { play } from '../../app/sounds/player.ts';
import {
  type CallInHand,
  callsInHand,
  draftKey,
  draftOf,
  forgetCall,
  onCallsInHand,
  putCall,
  readDraft,
  subjectOf,
} from './calls-in-hand.ts';

const SAVE_AFTER_MS = 250;
/** Drafts that come this soon after sign-in are calls that were open when the position was last in use. */
const RESTORE_MS = 2_500;
const opening = new Set<string>();
/** Forms that were asked to close, and have something typed that is not in the incident. */
const closing = new Set<string>();
/** Drafts whose call was brought back or left since the board was last put up: none opens a form again, however late it comes. */
const dealtWith = new Set<string>();
/** What stood typed in calls that were brought back, by draft: as long as the very same stands there nobody has typed on. */
const broughtBack = new Map<string, CallInHand['typed']>();

/** Gives a call its incident and number. Does nothing where it has one, or is getting one. */
function openIncident(station: Station, subject: string): void {
  const call = callsInHand()[subject];
  if (!call || call.incident !== null || opening.has(subject)) return;
  opening.add(subject);
  station
    .call('incident.open', { answeredAt: call.answeredAt, source: 'call' })
    .then((answer) => {
      if (!answer.ok) {
        putCall(subject, { error: answer.refusal.message });
        play('refused');
        return;
      }
      const incident = answer.value.incident ?? null;
      keepDraft(station, `intake:${subject}`, null).catch(() => undefined);
      putCall(subject, { incident, error: incident === null ? 'The station gave no incident.' : '' });
      // Whoever has gone to another incident meanwhile keeps that in hand; the form brings its own when it is come back to.
      if (incident !== null && dock.current() === `intake:${subject}`) select({ incident });
      echo(true, answer.value.said, now());
    })
    .catch((failure: unknown) => putCall(subject, { error: String(failure) }))
    .finally(() => opening.delete(subject));
}

/** Opens the form of an incident, new (null) or known. */
export function takeCall(station: Station, incident: string | null, answeredAt: number): void {
  if (incident !== null) {
    const subject = subjectOf(callsInHand(), incident);
    if (!callsInHand()[subject]) putCall(subject, { incident, answeredAt });
    dock.open(`intake:${subject}`);
    return;
  }
  const subject = `new-${crypto.randomUUID()}`;
  putCall(subject, { answeredAt });
  dock.open(`intake:${subject}`);
  openIncident(station, subject);
}

/** The subject of a call that is yet to be taken, where a window asks for one that opens none itself. */
export const ANOTHER_CALL = 'another';

/** Opens what such a window asked for: a new call, or the form of an incident. */
export function takeAsked(station: Station, subject: string): void {
  takeCall(station, subject === ANOTHER_CALL ? null : subject, now());
}

/** Closes the form. What was typed and is not in the incident yet stays as a draft. */
export function leaveCall(station: Station, subject: string): void {
  const call = callsInHand()[subject];
  dock.close(`intake:${subject}`);
  if (!call) return;
  dealtWith.add(draftKey(subject, call));
  if (Object.keys(call.typed).length > 0) {
    echo(true, 'closed; what was typed is kept, Enter on the incident brings it back', now());
    return;
  }
  forgetCall(subject);
  keepDraft(station, draftKey(subject, call), null).catch(() => undefined);
}

/** How long what was typed may take to be in the incident before its form is said not to close. ms */
const TAKEN_WITHIN_MS = 1_000;

/** Closes the form once what stands in it is in the incident. Where that is refused it stays; asked again, it closes all the same. */
export function doneWithCall(station: Station, subject: string): void {
  // As by leaving the field: what is typed goes in.
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  const waits = (): boolean => Object.keys(callsInHand()[subject]?.typed ?? {}).length > 0;
  let stop = (): void => undefined;
  const leave = (): void => {
    stop();
    closing.delete(subject);
    leaveCall(station, subject);
    if (document.activeElement === document.body) dock.open('pending');
  };
  if (!waits() || closing.has(subject)) {
    leave();
    return;
  }
  closing.add(subject);
  const unheard = onCallsInHand(() => {
    if (!waits()) leave();
  });
  const timer = setTimeout(() => {
    stop();
    dock.open(`intake:${subject}`);
    echo(false, 'not closed: something typed is not in the call yet; once more closes, and keeps it', now());
  }, TAKEN_WITHIN_MS);
  stop = () => {
    unheard();
    clearTimeout(timer);
  };
}

/**
 * The subject under which a window of its own finds this call, with what was typed: its incident. Null while it has none;
 * it is the window that opened it which gets it its number.
 */
export async function windowSubject(station: Station, subject: string): Promise<string | null> {
  const call = callsInHand()[subject];
  if (!call?.incident) return null;
  await keepDraft(station, draftKey(subject, call), draftOf(call));
  return call.incident;
}

/** Keeps what is typed in this window's calls at the station. */
export function useDraftSaving(station: Station): void {
  useEffect(() => {
    const saved = new Map<string, CallInHand>();
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    const save = (subject: string, call: CallInHand): void => {
      timers.delete(subject);
      if (!callsInHand()[subject]) return;
      keepDraft(station, draftKey(subject, call), draftOf(call)).then(
        (answer) => {
          // What was erased takes the form with it that somebody had open on it.
          if (answer.ok || answer.refusal.code !== 'incident.erased') return;
          dock.close(`intake:${subject}`);
          forgetCall(subject);
          echo(false, answer.refusal.message, now());
        },
        () => undefined,
      );
    };
    const stop = onCallsInHand((calls) => {
      for (const [subject, call] of Object.entries(calls)) {
        if (saved.get(subject) === call) continue;
        saved.set(subject, call);
        // It came from there; what was typed last may still be on its way there, and is not to be written over.
        if (broughtBack.get(draftKey(subject, call)) === call.typed) continue;
        clearTimeout(timers.get(subject));
        timers.set(
          subject,
          setTimeout(() => save(subject, call), SAVE_AFTER_MS),
        );
      }
    });
    // The lock, or the end of the page, came while somebody typed.
    const savePending = (): void => {
      for (const [subject, timer] of timers) {
        clearTimeout(timer);
        const call = callsInHand()[subject];
        if (call) save(subject, call);
      }
    };
    window.addEventListener('pagehide', savePending);
    return () => {
      window.removeEventListener('pagehide', savePending);
      stop();
      savePending();
    };
  }, [station]);
}

function inHand(incident: string | null): boolean {
  return incident !== null && Object.values(callsInHand()).some((call) => call.incident === incident);
}

/** For the window of the board: F5, drafts, and the calls that were open when the position was last in use. */
export function useTakingCalls(): void {
  const station = useStation();
  const drafts = useDrafts();
  const { connected } = useConnection();
  const began = useRef(performance.now());
  const keyed = useRef(false);
  useEffect(() => {
    const onKey = (): void => {
      keyed.current = true;
    };
    window.addEventListener('keydown', onKey, { once: true, capture: true });
    return () => window.removeEventListener('keydown', onKey, { capture: true });
  }, []);

  useAction('call.new', () => {
    takeCall(station, null, now());
    return true;
  });
  useDraftSaving(station);
  // Behind the lock the forms were away; what they hold was not.
  useEffect(() => {
    dealtWith.clear();
    broughtBack.clear();
    for (const subject of Object.keys(callsInHand())) dock.open(`intake:${subject}`);
  }, []);

  useEffect(() => {
    // Drafts that come later are those of calls that were begun since.
    if (performance.now() - began.current > RESTORE_MS) return;
    for (const [key, stored] of Object.entries(drafts)) {
      const subject = key.startsWith('intake:') ? key.slice('intake:'.length) : '';
      const call = subject === '' ? null : readDraft(stored);
      if (dealtWith.has(key)) {
        // What was typed as the page ended may be kept only after the form was brought back with less.
        const brought = broughtBack.get(key);
        if (!call || brought === undefined || callsInHand()[subject]?.typed !== brought) continue;
        broughtBack.set(key, call.typed);
        putCall(subject, { typed: call.typed, over: call.over });
        continue;
      }
      dealtWith.add(key);
      if (!call || callsInHand()[subject] || inHand(call.incident)) continue;
      broughtBack.set(key, call.typed);
      putCall(subject, call);
      // Whoever has pressed a key by now is at work: what comes back later does not take them away from it.
      if (keyed.current) dock.openBehind(`intake:${subject}`);
      else dock.open(`intake:${subject}`);
    }
  }, [drafts]);

  useEffect(() => {
    if (!connected) return;
    for (const subject of Object.keys(callsInHand())) openIncident(station, subject);
  }, [connected, station]);
}
