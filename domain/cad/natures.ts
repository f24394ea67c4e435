/**
 * Which natures typed words may mean, in the form of a call and in the command line alike. People say what happened in other words than
 * the list has (`heart attack`, `mva`, `transfer`): a nature is found by its code, its words, and what else it is called. Pure.
 */

import type { Priority } from './facts.ts';

/** What a nature is found by. */
export interface NatureNames {
  readonly code: string;
  readonly text: string;
  readonly alsoCalled?: readonly string[] | undefined;
}

/** How well typed words fit a nature, the best first. */
export const NATURE_FIT = {
  itself: 0,
  alsoCalled: 1,
  begins: 2,
  ofItsWords: 3,
  ofAnother: 4,
  among: 5,
  within: 6,
} as const;
type Fit = (typeof NATURE_FIT)[keyof typeof NATURE_FIT];

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
/** Whatever a typed word may be the beginning of: `one-sided`, `one`, `sided`. */
const partsOf = (text: string): readonly string[] =>
  wordsOf(text).flatMap((word) => [word, ...word.split(/[^\p{L}\p{N}]+/u).filter(Boolean)]);
/** Whether each word begins one of the parts, in whatever order. */
const begun = (words: readonly string[], parts: readonly string[]): boolean =>
  words.every((word) => parts.some((part) => part.startsWith(word)));

/**
 * How typed words fit, and by which of its other names where it is by one of them alone; null where they do not. An abbreviation
 * that is typed whole comes before what only begins so.
 */
export function natureFit(
  { code, text, alsoCalled = [] }: NatureNames,
  typed: string,
): { readonly fit: Fit; readonly by: string | null } | null {
  const wanted = typed.trim().toLowerCase();
  const words = wanted.split(/\s+/);
  const own = [code.toLowerCase(), text.toLowerCase()];
  if (wanted === '') return null;
  if (own.includes(wanted)) return { fit: NATURE_FIT.itself, by: null };
  const called = alsoCalled.find((name) => name.toLowerCase() === wanted);
  if (called !== undefined) return { fit: NATURE_FIT.alsoCalled, by: called };
  if (own.some((name) => name.startsWith(wanted))) return { fit: NATURE_FIT.begins, by: null };
  const [ofText, ofCode] = [partsOf(own[1] ?? ''), partsOf(own[0] ?? '')];
  if (begun(words, ofText)) return { fit: NATURE_FIT.ofItsWords, by: null };
  const others = alsoCalled.map((name) => ({ name, parts: partsOf(name.toLowerCase()) }));
  const other = others.find(({ parts }) => begun(words, parts));
  if (other) return { fit: NATURE_FIT.ofAnother, by: other.name };
  if (begun(words, [...ofCode, ...ofText, ...others.flatMap(({ parts }) => parts)]))
    return { fit: NATURE_FIT.among, by: null };
  const whole = own.join(' ');
  return words.every((word) => wordsOf(word).length > 0 && whole.includes(word))
    ? { fit: NATURE_FIT.within, by: null }
    : null;
}

/**
 * The priority that comes with another nature, or null where none does: somebody had chosen another than the one before it
 * gave, or it is the same. `given`: what a nature of the list gives, by its code.
 */
export function priorityWith(
  code: string,
  before: { readonly nature: string | null; readonly priority: Priority | null },
  given: (code: string) => Priority | undefined,
): Priority | null {
  const brings = given(code) ?? null;
  if (before.priority === null) return brings;
  if (before.nature === null || given(before.nature) !== before.priority) return null;
  return brings === before.priority ? null : brings;
}
