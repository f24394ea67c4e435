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
  const before = store.getState()[subject] ?? { incident: null, answeredAt: 0, typed: {}, error: '' };
  store.setState({ [subject]: { ...before, ...change } });
}

export function typeInto(subject: string, field: string, text: string | null): void {
  const call = store.getState()[subject];
  if (!call || (text === null && call.typed[field] === undefined)) return;
  const { [field]: _, ...rest } = call.typed;
  putCall(subject, { typed: text === null ? rest : { ...rest, [field]: text } });
}

/** What was sent stands in the incident: it is typed no more. What was typed on since stays, to be sent next. */
export function nowStands(subject: string, fields: readonly string[], sent: CallInHand['typed']): void {
  for (const field of fields) {
    if (store.getState()[subject]?.typed[field] === sent[field]) typeInto(subject, field, null);
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
  return { incident: call.incident, answeredAt: call.answeredAt, typed: { ...call.typed } };
}

/** A call out of its stored draft, or null where it cannot be read. Pure. */
export function readDraft(stored: Json): CallInHand | null {
  if (typeof stored !== 'object' || stored === null || Array.isArray(stored)) return null;
  const { incident, answeredAt, typed } = stored as { readonly [key: string]: Json };
  if (typeof answeredAt !== 'number') return null;
  const fields = Object.entries((typed ?? {}) as { readonly [key: string]: Json });
  return {
    incident: typeof incident === 'string' ? incident : null,
    answeredAt,
    typed: Object.fromEntries(fields.filter((field): field is [string, string] => typeof field[1] === 'string')),
    error: '',
  };
}
