/** The typefaces beside the standard ones of a PDF, and which of them has a letter. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import inter from '@fontsource-variable/inter/unicode.json' with { type: 'json' };
import emoji from '@fontsource-variable/noto-emoji/unicode.json' with { type: 'json' };
import arabic from '@fontsource-variable/noto-sans-arabic/unicode.json' with { type: 'json' };
import armenian from '@fontsource-variable/noto-sans-armenian/unicode.json' with { type: 'json' };
import bengali from '@fontsource-variable/noto-sans-bengali/unicode.json' with { type: 'json' };
import devanagari from '@fontsource-variable/noto-sans-devanagari/unicode.json' with { type: 'json' };
import ethiopic from '@fontsource-variable/noto-sans-ethiopic/unicode.json' with { type: 'json' };
import georgian from '@fontsource-variable/noto-sans-georgian/unicode.json' with { type: 'json' };
import gujarati from '@fontsource-variable/noto-sans-gujarati/unicode.json' with { type: 'json' };
import gurmukhi from '@fontsource-variable/noto-sans-gurmukhi/unicode.json' with { type: 'json' };
import hebrew from '@fontsource-variable/noto-sans-hebrew/unicode.json' with { type: 'json' };
import japanese from '@fontsource-variable/noto-sans-jp/unicode.json' with { type: 'json' };
import korean from '@fontsource-variable/noto-sans-kr/unicode.json' with { type: 'json' };
import chinese from '@fontsource-variable/noto-sans-sc/unicode.json' with { type: 'json' };
import tamil from '@fontsource-variable/noto-sans-tamil/unicode.json' with { type: 'json' };
import telugu from '@fontsource-variable/noto-sans-telugu/unicode.json' with { type: 'json' };
import thai from '@fontsource-variable/noto-sans-thai/unicode.json' with { type: 'json' };
import { create, type Font } from 'fontkit';
import decompress from 'woff2-encoder/decompress';

/** A part of a typeface: these come in files of some hundred letters each. */
export interface Typeface {
  /** By which a document knows it. */
  readonly name: string;
  readonly font: Font;
  /** The line around each letter that makes it as heavy as text is, as a share of the size: files of all weights draw their first, and that may be the thinnest. */
  readonly thickened: number;
}

interface Part {
  readonly name: string;
  readonly file: string;
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

function family(name: string, parts: { readonly [part: string]: string }): readonly Part[] {
  return Object.entries(parts).map(([part, ranges]) => ({
    name: `${name}-${part.replace(/[[\]]/g, '')}`,
    file: `@fontsource-variable/${name}/files/${name}-${part.replace(/[[\]]/g, '')}-wght-normal.woff2`,
    ranges: ranges.split(',').map((range) => {
      const [first = '', last = first] = range.replace('U+', '').split('-');
      return [Number.parseInt(first, 16), Number.parseInt(last, 16)] as const;
    }),
  }));
}

const CHINESE = family('noto-sans-sc', chinese);
const JAPANESE = family('noto-sans-jp', japanese);
const KOREAN = family('noto-sans-kr', korean);
const FIRST = [
  ...family('inter', inter),
  ...family('noto-sans-arabic', arabic),
  ...family('noto-sans-hebrew', hebrew),
  ...family('noto-sans-armenian', armenian),
  ...family('noto-sans-devanagari', devanagari),
  ...family('noto-sans-thai', thai),
  ...family('noto-sans-bengali', bengali),
  ...family('noto-sans-ethiopic', ethiopic),
  ...family('noto-sans-georgian', georgian),
  ...family('noto-sans-gujarati', gujarati),
  ...family('noto-sans-gurmukhi', gurmukhi),
  ...family('noto-sans-tamil', tamil),
  ...family('noto-sans-telugu', telugu),
];
const LAST = family('noto-emoji', emoji);

/** A part is opened once in a thread's life. */
const opened = new Map<string, Typeface>();

/** The thinnest weight, and what makes it as heavy as text is. */
const THINNEST = 100;
const THICKENED = 0.04;

interface Attaching {
  applyAnchor: (mark: { readonly markAnchor: unknown }, base: unknown, at: number) => void;
}

/**
 * A typeface may have no anchor for a mark on a letter (OpenType, GPOS: it "may be NULL"), and the mark stays where it is. fontkit
 * takes the missing one for an anchor and throws, and no report that has the two together would ever be drawn.
 */
function attachNothingToNothing(font: Font): void {
  const { _layoutEngine: layout } = font as unknown as {
    readonly _layoutEngine: { readonly engine: { readonly GPOSProcessor: Attaching | null } | null };
  };
  const placing = layout.engine?.GPOSProcessor;
  if (!placing) return;
  const attach = placing.applyAnchor;
  placing.applyAnchor = (mark, base, at) => {
    if (mark.markAnchor && base) attach.call(placing, mark, base, at);
  };
}

async function open({ name, file }: Part): Promise<void> {
  const bytes = await decompress(readFileSync(fileURLToPath(import.meta.resolve(file))));
  const font = create(Buffer.from(bytes));
  if (!('variationAxes' in font)) throw new TypeError(`${name} is a collection, and not one typeface.`);
  attachNothingToNothing(font);
  opened.set(name, { name, font, thickened: font.variationAxes.wght?.default === THINNEST ? THICKENED : 0 });
}

/** What has a letter as far as it was opened; null where nothing has. `lacked` is told what would have to be opened to know. */
export type Finder = (letter: string) => Typeface | null;

/**
 * Chinese signs are those of the language that the text is in, as far as it shows: one with kana is Japanese, one with hangul
 * Korean.
 */
export function finderFor(text: string, lacked?: (part: Part) => void): Finder {
  const east = /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)
    ? [...JAPANESE, ...CHINESE, ...KOREAN]
    : /\p{Script=Hangul}/u.test(text)
      ? [...KOREAN, ...CHINESE, ...JAPANESE]
      : [...CHINESE, ...JAPANESE, ...KOREAN];
  const parts = [...FIRST, ...east, ...LAST];
  const found = new Map<string, Typeface | null>();
  const find: Finder = (letter) => {
    const points = [...letter].map((point) => point.codePointAt(0) ?? 0);
    const [base = 0] = points;
    for (const part of parts) {
      if (!part.ranges.some(([first, last]) => base >= first && base <= last)) continue;
      const face = opened.get(part.name);
      if (!face) {
        lacked?.(part);
        return null;
      }
      if (points.every((point) => face.font.hasGlyphForCodePoint(point))) return face;
    }
    return null;
  };
  return (letter) => {
    const before = found.get(letter);
    if (before !== undefined) return before;
    const face = find(letter);
    found.set(letter, face);
    return face;
  };
}

/** Opens what `look` lacks, until it lacks nothing more. */
export async function openAll(look: (lacked: (part: Part) => void) => void): Promise<void> {
  for (;;) {
    const lacking = new Map<string, Part>();
    look((part) => lacking.set(part.name, part));
    if (lacking.size === 0) return;
    for (const part of lacking.values()) await open(part);
  }
}
