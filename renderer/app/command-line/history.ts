/** What was entered before, newest last; kept per position. Pure. */
import type { Json } from '#domain/kernel/json.ts';

const MOST = 200;

export function remembered(history: readonly string[], line: string): readonly string[] {
  const text = line.trim();
  if (text === '') return history;
  return [...history.filter((entry) => entry !== text), text].slice(-MOST);
}

/** The line before (`by` -1) or after (+1) in history; `null` place means the line being typed. */
export function recalled(
  history: readonly string[],
  place: number | null,
  by: 1 | -1,
): { readonly place: number | null; readonly line: string | null } {
  const from = place ?? history.length;
  const to = from + by;
  if (to < 0) return { place, line: place === null ? null : (history[place] ?? null) };
  if (to >= history.length) return { place: null, line: null };
  return { place: to, line: history[to] ?? null };
}

export function readHistory(stored: Json | undefined): { readonly text: string; readonly history: readonly string[] } {
  const said = (stored ?? {}) as { readonly text?: Json; readonly history?: Json };
  return {
    text: typeof said.text === 'string' ? said.text : '',
    history: Array.isArray(said.history) ? said.history.filter((line): line is string => typeof line === 'string') : [],
  };
}
