/** Text that a person can read as it stands. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what this is for
const UNREADABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/;

/**
 * False where text holds control characters other than tab and line ends, characters that turn its direction around, or
 * half of a surrogate pair.
 */
export function isReadable(text: string): boolean {
  return !UNREADABLE.test(text) && text.isWellFormed();
}

/** Breaks of lines and pages that are none of a plain text's own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const BREAKS = /[\u000b\u000c\u0085\u2028\u2029]/g;
/** Beside what is unreadable: `10418` with one behind it is no number. */
const SPACE_OF_NO_WIDTH = '\u200b';
const isSeen = (letter: string): boolean => letter !== SPACE_OF_NO_WIDTH && !UNREADABLE.test(letter);

/** The same text without what nobody sees in it: a number that is copied out of a list of contacts comes between such marks. */
export function readableOf(text: string): string {
  return [...text.replace(BREAKS, ' ')].filter(isSeen).join('').toWellFormed();
}
