/** Text as the standard fonts of a PDF can show it (WinAnsi, ISO 32000-1 Annex D). */

/** What code page 1252 has in the range that Latin-1 leaves to control characters. */
const BEYOND_LATIN_1 = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ');

/** Letters and signs that Unicode takes for no accented or compatible form of another, and what is written for them. */
const WRITTEN = new Map(
  // Vietnamese, Maltese, Turkish, Polish, Sami, Azerbaijani; hyphens, dashes and primes.
  [...'ĐDđdĦHħhıiĸkŁLłlŊNŋnŦTŧtƏEəe‐-‑-‒–―—−-′\'″"'].flatMap((letter, i, all) =>
    i % 2 === 0 ? [[letter, all[i + 1] ?? ''] as const] : [],
  ),
);

function shows(letter: string): boolean {
  const code = letter.codePointAt(0) ?? 0;
  return (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff) || BEYOND_LATIN_1.has(letter);
}

/**
 * A letter that cannot be shown is shown without its accents or strokes, or else by its code, `[U+4E2D]`: nothing is left out
 * of a report without a sign of it. Tabs and other control characters become blanks; line ends stay.
 */
export function printable(text: string): string {
  let out = '';
  for (const letter of text.normalize('NFC').replace(/\r\n?/g, '\n')) {
    if (letter === '\n' || shows(letter)) out += letter;
    else if (/\p{Cc}/u.test(letter)) out += ' ';
    else {
      const bare = [...(WRITTEN.get(letter) ?? letter).normalize('NFKD').replace(/\p{M}/gu, '')];
      const code = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      out += bare.length > 0 && bare.every(shows) ? bare.join('') : `[U+${code}]`;
    }
  }
  return out;
}
