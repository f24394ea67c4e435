/** A text of any script laid out in lines: where they break, and in which order what stands in one is drawn (UAX #9). */
import bidiFactory, { type Bidi } from 'bidi-js';
import { type Letter, lettersOf } from './lettering.ts';
import type { Typeface } from './typefaces.ts';

/** Letters of one typeface that are drawn together, in the order in which they are read. */
export interface Run {
  readonly text: string;
  readonly face: Typeface | null;
}
/** From left to right. */
export type Line = readonly Run[];
/** How wide a run is. */
export type Measure = (run: Run) => number;

interface Placed extends Letter {
  /** Odd where it is read from the right. */
  readonly level: number;
}

// Its types are those of a module, and what Node loads is the function itself.
const bidi = (bidiFactory as unknown as () => Bidi)();

/** Letters beside which a line may end although no blank is there. */
const EAST =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Extended_Pictographic}\u3000-\u303f\uff00-\uffef]/u;
const NEVER_FIRST = /^[\p{Pe}\p{Pf}\p{Po}\u3005\u30fc\p{M}]/u;
const NEVER_LAST = /[\p{Ps}\p{Pi}]$/u;
/** The typeface's own layout turns letters of these around. */
const FROM_THE_RIGHT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Directs others, and is nothing to see. */
const UNSEEN = /[\u200e\u200f\u061c\u2060\ufeff\u00ad]/g;

/** The lines of a text that is not wider than `width`, in the units of `measure`. A line end of the text ends one. */
export function linesOf(text: string, width: number, measure: Measure): readonly Line[] {
  const lines: Line[] = [];
  let paragraph: Letter[] = [];
  for (const letter of [...lettersOf(text), { text: '\n', face: null }]) {
    if (letter.text !== '\n') paragraph.push(letter);
    else {
      for (const line of brokenInto(placed(paragraph), width, measure)) lines.push(drawnOrder(line));
      paragraph = [];
    }
  }
  return lines;
}

function placed(letters: readonly Letter[]): readonly Placed[] {
  const text = letters.map((letter) => letter.text).join('');
  const { levels } = bidi.getEmbeddingLevels(text, 'auto');
  let at = 0;
  return letters.map((letter) => {
    const level = levels[at] ?? 0;
    at += letter.text.length;
    const other = level % 2 === 1 ? bidi.getMirroredCharacter(letter.text) : null;
    return { ...letter, text: other ?? letter.text, level };
  });
}

function brokenInto(letters: readonly Placed[], width: number, measure: Measure): Placed[][] {
  const lines: Placed[][] = [];
  let line: Placed[] = [];
  let used = 0;
  const end = (): void => {
    lines.push(withoutBlanksAtEnd(line));
    line = [];
    used = 0;
  };
  for (const word of wordsOf(letters)) {
    const wide = widthOf(word, measure);
    if (used + wide <= width) {
      line.push(...word);
      used += wide;
      continue;
    }
    if (line.length > 0 && widthOf(withoutBlanksAtEnd(word), measure) <= width) {
      if (used + widthOf(withoutBlanksAtEnd(word), measure) > width) end();
      line.push(...word);
      used += wide;
      continue;
    }
    // A word that no line has room for is broken where it has to be.
    for (const letter of word) {
      const one = widthOf([letter], measure);
      if (line.length > 0 && used + one > width) end();
      line.push(letter);
      used += one;
    }
  }
  end();
  return lines;
}

/** Letters between which no line ends, each with the blanks behind it. */
function wordsOf(letters: readonly Placed[]): Placed[][] {
  const words: Placed[][] = [];
  let last: Placed | null = null;
  for (const letter of letters) {
    const isBlank = letter.text === ' ';
    const apart =
      last === null ||
      (!isBlank &&
        (last.text === ' ' ||
          ((EAST.test(last.text) || EAST.test(letter.text)) &&
            !NEVER_FIRST.test(letter.text) &&
            !NEVER_LAST.test(last.text))));
    if (apart) words.push([]);
    words.at(-1)?.push(letter);
    last = letter;
  }
  return words;
}

function withoutBlanksAtEnd(letters: readonly Placed[]): Placed[] {
  return letters.slice(0, letters.findLastIndex(({ text }) => text !== ' ') + 1);
}

function widthOf(letters: readonly Placed[], measure: Measure): number {
  return runsOf(letters).reduce((sum, run) => sum + measure(run), 0);
}

interface LevelRun extends Run {
  readonly level: number;
}

function runsOf(letters: readonly Placed[]): LevelRun[] {
  const runs: LevelRun[] = [];
  for (const { text, face, level } of letters) {
    const last = runs.at(-1);
    if (last && last.face === face && last.level === level) runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push({ text, face, level });
  }
  return runs.map((run) => ({ ...run, text: turned(run.text.replace(UNSEEN, ''), run) }));
}

/** Text as its typeface is given it: what is read from the right and is not turned around there comes turned around. */
function turned(text: string, { face, level }: LevelRun): string {
  const isTurned = face !== null && FROM_THE_RIGHT.test(text);
  return isTurned === (level % 2 === 1) ? text : [...text].reverse().join('');
}

/** Rule L2: from the highest level down, what is at least as high stands the other way around. */
function drawnOrder(letters: readonly Placed[]): Line {
  const runs = runsOf(letters);
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level > 0; level--) {
    for (let start = 0; start < runs.length; start++) {
      let end = start;
      while ((runs[end]?.level ?? -1) >= level) end++;
      if (end - start > 1) runs.splice(start, end - start, ...runs.slice(start, end).reverse());
      if (end > start) start = end;
    }
  }
  return runs.map(({ text, face }) => ({ text, face }));
}
