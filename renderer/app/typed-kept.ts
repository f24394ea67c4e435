/**
 * What is typed into a question that is asked in place. Kept by this window, so that it outlives the lock and another incident
 * being looked at, and as a draft by the station, so that it outlives the window; away once it was sent or left.
 */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { Json } from '#domain/kernel/json.ts';
import type { Station } from './connection/station.ts';
import { useDrafts, useStation } from './connection/use-station.ts';
import { keepDraft } from './drafts.ts';

type Fields = { readonly [field: string]: string };

const SAVE_AFTER_MS = 250;
/** By question; null where it was sent or left, whatever the station's draft still says. */
const store = createStore<{ readonly [question: string]: Fields | null }>(() => ({}));
const unsaved = new Map<string, ReturnType<typeof setTimeout>>();

const save = (station: Station, question: string, value: Fields | null): void => {
  clearTimeout(unsaved.get(question));
  unsaved.delete(question);
  keepDraft(station, question, value).catch(() => undefined);
};

/** The lock, or the end of the page, came right after a key. */
function saveNow(station: Station, question: string): void {
  if (unsaved.has(question)) save(station, question, store.getState()[question] ?? null);
}

/** The draft over the fields that there are now, whatever is in it. Pure. */
export function readTyped<T extends Fields>(begin: T, stored: Json | undefined): T {
  if (stored === undefined || stored === null || typeof stored !== 'object' || Array.isArray(stored)) return begin;
  const said = Object.entries(stored).filter(
    ([field, text]) => Object.hasOwn(begin, field) && typeof text === 'string',
  );
  return { ...begin, ...Object.fromEntries(said) };
}

/** The name of what is asked about an incident or unit. */
export const questionOf = (about: string, asked: string): string => `ask:${about}:${asked}`;

/** What is typed into a question: its fields, and how they change. */
export function useTypedKept<T extends Fields>(question: string, begin: T): [T, (change: Partial<T>) => void] {
  const station = useStation();
  const here = useStore(store, (at) => at[question]);
  const draft = useDrafts()[question];
  const typed = here === null ? begin : readTyped(begin, here ?? draft);
  const type = (change: Partial<T>): void => {
    const next = { ...typed, ...change };
    store.setState({ [question]: next });
    clearTimeout(unsaved.get(question));
    unsaved.set(
      question,
      setTimeout(() => save(station, question, next), SAVE_AFTER_MS),
    );
  };
  useEffect(() => {
    const leave = (): void => saveNow(station, question);
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [station, question]);
  return [typed, type];
}

/** What stands typed there in this window, the very same for as long as nobody types on. */
export const typedNow = (question: string): unknown => store.getState()[question];

/** It was sent, or left: the next time it is asked anew, also where nobody typed here and the station kept it. */
export function forgetTyped(station: Station, question: string): void {
  if (store.getState()[question] === null && !unsaved.has(question)) return;
  store.setState({ [question]: null });
  save(station, question, null);
}

/** Whoever sits there next reads what the station has kept for their position. */
export function forgetAllTyped(): void {
  store.setState({}, true);
}
