/** One field of a call: what is typed, what the incident says, and what others do to it meanwhile. */
import { type FocusEvent, useEffect, useRef, useState } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import { useOthersIn, useStation } from '../../app/connection/use-station.ts';
import { callsInHand, nowStands, typeInto, useCallInHand } from './calls-in-hand.ts';
import { type Edit, fieldsRefused } from './fields-refused.ts';
import { type WhereTyped, whereTyped } from './where-typed.ts';

/** Fields of the form that are parts of one value of the incident. */
const REGISTER_OF: { readonly [field: string]: string } = {
  detail: 'location',
  zone: 'location',
  coordinates: 'location',
};

export interface FieldState {
  readonly value: string;
  /** Typed and not in the incident yet. */
  readonly dirty: boolean;
  readonly error: string;
  /** What another person has put there while this one was being typed. */
  readonly theirs: string | null;
  /** Changed by someone else a moment ago. */
  readonly changed: boolean;
  /** Names of others who are in this field now. */
  readonly others: readonly string[];
  readonly type: (text: string) => void;
  /** Takes the incident's value back. */
  readonly drop: () => void;
  readonly fail: (message: string) => void;
  readonly enter: () => void;
  /** Whether what is typed here is to be taken now. */
  readonly leave: (event: FocusEvent) => boolean;
}

/** What comes with a change of another: a nature brings its priority. */
const BROUGHT_BY: { readonly [register: string]: string } = { nature: 'priority' };

const MARK_MS = 8_000;
/** Changes that arrive this soon after an edit of one's own are that edit. */
const OWN_MS = 3_000;
const ownEdits = new Map<string, number>();
/** What was sent from here last, by incident and field: nobody else put it there, though more was typed on since. */
const sentTexts = new Map<string, string>();
const sentLast = (incident: string | null, field: string): string | undefined => sentTexts.get(`${incident} ${field}`);

function isOwn(incident: string | null, register: string): boolean {
  return performance.now() - (ownEdits.get(`${incident} ${register}`) ?? Number.NEGATIVE_INFINITY) < OWN_MS;
}

/** Whether the focus goes to the command line or out of the window: then what is being typed is only being interrupted. */
function onlyInterrupted(event: FocusEvent): boolean {
  if (!document.hasFocus()) return true;
  return event.relatedTarget instanceof Element && event.relatedTarget.closest('[data-command-line]') !== null;
}

function selectAll(at: Element | null): void {
  if (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) at.select();
}

export function useField(subject: string, field: string, row: IncidentRow | null, stands: string): FieldState {
  const call = useCallInHand(subject);
  const typed = call?.typed[field];
  const over = call?.over[field];
  const station = useStation();
  const [error, setError] = useState('');
  const [changed, setChanged] = useState(false);
  const before = useRef(stands);
  const focused = useRef(false);
  const known = useRef(false);
  /** Something was typed since the form stood here: what is back from a draft is nobody's decision yet. */
  const touched = useRef(false);
  const incident = row?.id ?? null;

  useEffect(() => {
    if (before.current === stands) return;
    // A value that comes with the incident itself was changed by nobody.
    const mine = typed !== undefined || !known.current;
    before.current = stands;
    if (mine || isOwn(incident, REGISTER_OF[field] ?? field)) return;
    setChanged(true);
    // Whoever is about to type here does not type on to what somebody else put there.
    if (focused.current) selectAll(document.activeElement);
  }, [stands, typed, incident, field]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another change begins the time anew
  useEffect(() => {
    if (!changed) return;
    const timer = setTimeout(() => setChanged(false), MARK_MS);
    return () => clearTimeout(timer);
  }, [changed, stands]);

  useEffect(() => {
    known.current = incident !== null;
  }, [incident]);

  const others = useOthersIn(incident)
    .filter((one) => one.field === field)
    .map((one) => one.name || one.position);
  const telling = useRef<WhereTyped | null>(null);
  telling.current ??= whereTyped(
    (where) => void station.call('presence.editing', where).catch(() => undefined),
    () => performance.now(),
  );
  const where = telling.current;

  const theirs =
    // Until the incident is known, nothing in it was put there by anyone.
    typed !== undefined &&
    incident !== null &&
    over !== undefined &&
    over !== stands &&
    typed !== stands &&
    sentLast(incident, field) !== stands
      ? stands
      : null;

  return {
    value: typed ?? stands,
    dirty: typed !== undefined && typed !== stands,
    error,
    theirs,
    changed,
    others,
    type: (text) => {
      setError('');
      touched.current = true;
      where.key(incident, field);
      typeInto(subject, field, text, stands);
    },
    drop: () => {
      setError('');
      typeInto(subject, field, null);
    },
    fail: setError,
    enter: () => {
      focused.current = true;
      where.enter(incident, field);
    },
    leave: (event) => {
      focused.current = false;
      where.leave(incident);
      return !onlyInterrupted(event) && (touched.current || theirs === null);
    },
  };
}

/**
 * What was typed before the incident had its number goes in as soon as it has one. What was typed into an incident that was
 * known already, and is back from a draft, waits for its author: others may have changed the incident meanwhile.
 */
export function useOnNumber(subject: string, row: IncidentRow | null, run: () => void): void {
  const waits = useRef<boolean | null>(null);
  if (waits.current === null) {
    const call = callsInHand()[subject];
    waits.current = subject.startsWith('new-') && (!call?.incident || Object.keys(call.typed).length === 0);
  }
  const known = row !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the incident comes
  useEffect(() => {
    if (!known || !waits.current) return;
    waits.current = false;
    run();
  }, [known]);
}

/** The registers of an incident that a change sets. */
const registersOf = (set: Edit): string[] =>
  Object.keys(set).flatMap((name) =>
    name === 'references' ? Object.keys(set.references ?? {}).map((system) => `ref:${system}`) : name,
  );

/** Changes the incident, naming the facts whose values stood on this screen. False where it cannot be taken as it is. */
export function useEdit(
  subject: string,
  row: IncidentRow | null,
): (set: Edit, fields: readonly string[], fail: (message: string) => void) => boolean {
  const station = useStation();
  // Enter and leaving the field right after it are one edit.
  const sending = useRef<string | null>(null);
  return (set, fields, fail) => {
    const edit = JSON.stringify(set);
    if (!row || edit === sending.current) return true;
    const wrong = fieldsRefused(set);
    if (wrong !== null) {
      fail(wrong);
      return false;
    }
    sending.current = edit;
    const registers = registersOf(set);
    for (const own of [...registers, ...fields])
      for (const changed of [own, BROUGHT_BY[own] ?? own]) ownEdits.set(`${row.id} ${changed}`, performance.now());
    const shown = registers.flatMap((register) => row.shown[register] ?? []);
    const sent = callsInHand()[subject]?.typed ?? {};
    for (const field of fields) sentTexts.set(`${row.id} ${field}`, (sent[field] ?? '').trim());
    station
      .call('incident.edit', { incident: row.id, set, shown })
      .then((answer) => {
        if (!answer.ok) fail(answer.refusal.message);
        else nowStands(subject, fields, sent);
      })
      .catch((failure: unknown) => fail(String(failure)))
      .finally(() => {
        if (sending.current === edit) sending.current = null;
      });
    return true;
  };
}
