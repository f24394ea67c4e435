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
