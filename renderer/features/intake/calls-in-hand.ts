/** Calls being taken at this window: what is typed and not yet in the incident outlives panels, outages and restarts. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { CallInput } from '#domain/bridge/calls.ts';
import type { Json } from '#domain/kernel/json.ts';

export interface CallInHand {
  /** The incident, as soon as it has its number. */
  readonly incident: string | null;
  readonly answeredAt: number;
  /** By field: text that is not in the incident yet. */
  readonly typed: { readonly [field: string]: string };
  /** By field that is being typed: what stood in the incident when that began, so that what others put there since is seen. */
  readonly over: { readonly [field: string]: string };
  /** Why there is no incident yet, where opening it failed. */
  readonly error: string;
}

interface Calls {
  readonly [subject: string]: CallInHand;
}

const store = createStore<Calls>(() => ({}));

export const callsInHand = (): Calls => store.getState();
export const onCallsInHand = store.subscribe;
export function useCallInHand(subject: string): CallInHand | null {
  return useStore(store, (calls) => calls[subject] ?? null);
}

export function putCall(subject: string, change: Partial<CallInHand>): void {
  const before = store.getState()[subject] ?? { incident: null, answeredAt: 0, typed: {}, over: {}, error: '' };
  store.setState({ [subject]: { ...before, ...change } });
}

const without = (fields: CallInHand['typed'], field: string): CallInHand['typed'] => {
  const { [field]: _, ...rest } = fields;
  return rest;
};

/** `stands` is what the incident says in that field now: kept when typing begins there. Null takes the field as it stands. */
export function typeInto(subject: string, field: string, text: string | null, stands?: string): void {
  const call = store.getState()[subject];
  if (!call || (text === null && call.typed[field] === undefined)) return;
  if (text === null) putCall(subject, { typed: without(call.typed, field), over: without(call.over, field) });
  else {
    const begins = call.typed[field] === undefined && stands !== undefined;
    putCall(subject, {
      typed: { ...call.typed, [field]: text },
      ...(begins ? { over: { ...call.over, [field]: stands } } : {}),
    });
  }
}

/** What was sent stands in the incident: it is typed no more. What was typed on since stays, over it, to be sent next. */
export function nowStands(subject: string, fields: readonly string[], sent: CallInHand['typed']): void {
  for (const field of fields) {
    const call = store.getState()[subject];
    const text = sent[field];
    if (call?.typed[field] === text) typeInto(subject, field, null);
    else if (call && text !== undefined) putCall(subject, { over: { ...call.over, [field]: text.trim() } });
  }
}

export function forgetCall(subject: string): void {
  const { [subject]: _, ...rest } = store.getState();
  store.setState(rest, true);
}

/** The subject under which an incident is open already, else the incident itself. */
export function subjectOf(calls: Calls, incident: string): string {
  return Object.keys(calls).find((subject) => calls[subject]?.incident === incident) ?? incident;
}

/** The name that the draft has at the station. */
export function draftKey(subject: string, call: CallInHand): string {
  return `intake:${call.incident ?? subject}`;
}

export function draftOf(call: CallInHand): CallInput<'draft.save'>['value'] {
  return { incident: call.incident, answeredAt: call.answeredAt, typed: { ...call.typed }, over: { ...call.over } };
}

function textsOf(stored: Json | undefined): CallInHand['typed'] {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return {};
  const fields = Object.entries(stored as { readonly [key: string]: Json });
  return Object.fromEntries(fields.filter((field): field is [string, string] => typeof field[1] === 'string'));
}

/** A call out of its stored draft, or null where it cannot be read. Pure. */
export function readDraft(stored: Json): CallInHand | null {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return null;
  const { incident, answeredAt, typed, over } = stored as { readonly [key: string]: Json };
  if (typeof answeredAt !== 'number') return null;
  return {
    incident: typeof incident === 'string' ? incident : null,
    answeredAt,
    typed: textsOf(typed),
    over: textsOf(over),
    error: '',
  };
}
