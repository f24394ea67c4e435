/** A text as its letters, each with the typeface that it is drawn in. */
import { cleaned, instead, isStandard } from './printable.ts';
import { type Finder, finderFor, openAll, type Typeface } from './typefaces.ts';

export interface Letter {
  readonly text: string;
  /** Null for the standard face of the place where it stands. */
  readonly face: Typeface | null;
}

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Signs that say how others are drawn or run, and are nothing to see themselves: joiners, selectors, marks of direction. */
const UNSEEN = /^(?:[\u200c\u200e\u200f\u061c\u2060\ufeff\u00ad]|\u200d|\ufe0e|\ufe0f)+$/u;

/** Letters of a text as it is said to be drawn; a line end is a letter. What no typeface has stands as its code. */
export function lettersOf(text: string, lacked?: Parameters<typeof finderFor>[1]): readonly Letter[] {
  const find = finderFor(text, lacked);
  // A word is of one typeface as far as one has it: half of a name in other letters reads as two.
  return cleaned(text)
    .split(/(\s+)/)
    .flatMap((word) => (isStandard(word.replaceAll('\n', '')) ? standard(word) : foreign(word, find)));
}

/** Opens the typefaces of these texts; `lettersOf` gives what of a text no open typeface has as codes. */
export async function openTypefacesOf(texts: readonly string[]): Promise<void> {
  const foreign = texts.filter((text) => !isStandard(cleaned(text).replaceAll('\n', '')));
  await openAll((lacked) => {
    for (const text of foreign) lettersOf(text, lacked);
  });
}

/** Letters of a text that no typeface has, as the codes that stand for them. */
export function codesIn(text: string): readonly string[] {
  if (isStandard(cleaned(text).replaceAll('\n', ''))) return [];
  return [
    ...new Set(
      lettersOf(text).flatMap(({ text: of, face }) => (face === null && /^\[U\+[0-9A-F]{4,}\]$/.test(of) ? [of] : [])),
    ),
  ];
}

function standard(word: string): Letter[] {
  return [...word].map((text) => ({ text, face: null }));
}

function foreign(word: string, find: Finder): Letter[] {
  return [...GRAPHEMES.segment(word)].flatMap(({ segment }) => {
    const whole = drawn(segment, find);
    // One that no typeface has whole is drawn as what it is made of.
    return whole
      ? [whole]
      : [...segment].flatMap((point) => drawn(point, find) ?? { text: instead(point), face: null });
  });
}

function drawn(letter: string, find: Finder): Letter | null {
  if (UNSEEN.test(letter)) return { text: letter, face: null };
  const face = find(letter) ?? find(letter.replace(/\ufe0e|\ufe0f/g, ''));
  if (face) return { text: letter.replace(/\ufe0e|\ufe0f/g, ''), face };
  return isStandard(letter) ? { text: letter, face: null } : null;
}
