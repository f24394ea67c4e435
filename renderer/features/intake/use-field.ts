/** One field of a call: what is typed, what the incident says, and what others do to it meanwhile. */
import { type FocusEvent, useEffect, useRef, useState } from 'react';
import type { IncidentRow } from '#domain/bridge/topics.ts';
import type { IncidentFields } from '#domain/cad/facts.ts';
import { useOthersIn, useStation } from '../../app/connection/use-station.ts';
import { callsInHand, nowStands, typeInto, useCallInHand } from './calls-in-hand.ts';
import { fieldsRefused } from './fields-refused.ts';

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
  readonly leave: (event: FocusEvent) => boolean;
}

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

export function useField(subject: string, field: string, row: IncidentRow | null, stands: string): FieldState {
  const typed = useCallInHand(subject)?.typed[field];
  const station = useStation();
  const [error, setError] = useState('');
  const [changed, setChanged] = useState(false);
  const base = useRef<string | null>(null);
  const before = useRef(stands);
  const focused = useRef(false);
  const known = useRef(false);
  const incident = row?.id ?? null;

  useEffect(() => {
    if (before.current === stands) return;
    // A value that comes with the incident itself was changed by nobody.
    const mine = typed !== undefined || focused.current || !known.current;
    before.current = stands;
    if (mine || isOwn(incident, REGISTER_OF[field] ?? field)) return;
    setChanged(true);
    const timer = setTimeout(() => setChanged(false), MARK_MS);
    return () => clearTimeout(timer);
  }, [stands, typed, incident, field]);

  useEffect(() => {
    known.current = incident !== null;
  }, [incident]);

  const others = useOthersIn(incident)
    .filter((one) => one.field === field)
    .map((one) => one.name || one.position);
  const say = (where: string | null): void => {
    if (incident === null) return;
    station
      .call('presence.editing', { incident: where === null ? null : incident, field: where })
      .catch(() => undefined);
  };

  return {
    value: typed ?? stands,
    dirty: typed !== undefined && typed !== stands,
    error,
    theirs:
      typed !== undefined && base.current !== null && base.current !== stands && sentLast(incident, field) !== stands
        ? stands
        : null,
    changed,
    others,
    type: (text) => {
      if (typed === undefined) base.current = stands;
      setError('');
      typeInto(subject, field, text);
    },
    drop: () => {
      base.current = null;
      setError('');
      typeInto(subject, field, null);
    },
    fail: setError,
    enter: () => {
      focused.current = true;
      say(field);
    },
    leave: (event) => {
      focused.current = false;
      say(null);
      return !onlyInterrupted(event);
    },
  };
}

/** Changes the incident, naming the facts whose values stood on this screen. False where it cannot be taken as it is. */
export function useEdit(
  subject: string,
  row: IncidentRow | null,
): (set: IncidentFields, fields: readonly string[], fail: (message: string) => void) => boolean {
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
    for (const register of Object.keys(set)) ownEdits.set(`${row.id} ${register}`, performance.now());
    const shown = Object.keys(set).flatMap((register) => row.shown[register] ?? []);
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
