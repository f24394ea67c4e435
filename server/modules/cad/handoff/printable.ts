/** Which letters of a text the standard fonts of a PDF have (WinAnsi, ISO 32000-1 Annex D), and what is written for one that nothing has. */

/** What code page 1252 has in the range that Latin-1 leaves to control characters. */
const BEYOND_LATIN_1 = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

/** Hyphens, dashes and primes, and those of a keyboard that are written for them. */
const WRITTEN = new Map(
  [...'‐-‑-‒–―—−-′\'″"'].flatMap((sign, i, all) => (i % 2 === 0 ? [[sign, all[i + 1] ?? '']] : [])) as [
    string,
    string,
  ][],
);

/** Text in its composed form, with line ends of one kind, a blank for each tab and other control character, and plain hyphens, dashes and primes. */
export function cleaned(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .replace(/[‐‑‒―−′″]/g, (sign) => WRITTEN.get(sign) ?? sign);
}

/** Whether the standard fonts have all of a text. */
export function isStandard(text: string): boolean {
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    const has = (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || BEYOND_LATIN_1.has(letter);
    if (!has) return false;
  }
  return true;
}

/** What stands for a letter that no typeface has: itself without its accents where that is one, or else its code, `[U+13000]`. */
export function instead(letter: string): string {
  const bare = letter.normalize('NFKD').replace(/\p{M}/gu, '');
  return bare !== '' && isStandard(bare) ? bare : codeOf(letter);
}

function codeOf(letter: string): string {
  return `[U+${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`;
}
