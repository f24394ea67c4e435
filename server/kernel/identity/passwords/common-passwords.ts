/**
 * Passwords that are tried first: those in everybody's lists, runs along the alphabet or a keyboard, one piece again and
 * again, and what anybody knows of the person (NIST SP 800-63B-4, 3.1.1.2: a blocklist, and nothing about composition).
 */
import { dictionary } from '@zxcvbn-ts/language-common';

/** Rows that fingers run along. Backwards counts too. */
const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
];
const BOTH_WAYS = RUNS.flatMap((run) => [run, [...run].reverse().join('')]);
/** From so many characters on, a run is one thing to remember and one to guess. */
const RUN = 4;
/** What has to be left of a password once runs and known words are taken out. */
const LEAST_OWN = 6;

let common: ReadonlySet<string> | null = null;
/** About 49,000; made into a set when the first password is set. */
function commonPasswords(): ReadonlySet<string> {
  common ??= new Set(dictionary['passwords-common']);
  return common;
}

/** Letters and digits alone, in one case: how a password is remembered and how it is tried. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** The piece that a text repeats from end to end, or the text itself. */
function pieceOf(text: string): string {
  for (let length = 1; length <= text.length / 2; length++) {
    const piece = text.slice(0, length);
    if (piece.repeat(Math.ceil(text.length / length)).slice(0, text.length) === text) return piece;
  }
  return text;
}

/** The longest run from the beginning of a text, in characters. */
function runAt(text: string): number {
  const longest = (run: string): number => {
    const from = run.indexOf(text[0] ?? '');
    let length = 0;
    while (from >= 0 && length < text.length && run[from + length] === text[length]) length++;
    return length;
  };
  return Math.max(0, ...BOTH_WAYS.map(longest));
}

function withoutRuns(text: string): string {
  let left = '';
  for (let i = 0; i < text.length; ) {
    const run = runAt(text.slice(i));
    if (run < RUN) left += text[i];
    i += run < RUN ? 1 : run;
  }
  return left;
}

/** Why a password would be guessed, as the end of a sentence; null where it would not be. `known`: login, names, organisation. */
export function whyGuessable(password: string, known: readonly string[]): string | null {
  const text = plain(password);
  const listed = commonPasswords();
  const shorn = text.replace(/\p{N}+$/u, '');
  if ([password.toLowerCase(), text, shorn].some((each) => listed.has(each))) {
    return 'it is among the passwords that are tried first';
  }
  const own = known.map(plain).filter((word) => word.length >= 3);
  const stranger = [...own].sort((a, b) => b.length - a.length).reduce((left, word) => left.replaceAll(word, ''), text);
  if (stranger !== text && stranger.replace(/\p{N}/gu, '').length < LEAST_OWN) {
    return 'it is made of your user name, your name or what your organisation or this product is called';
  }
  if (new Set(password).size < 5) return 'it is a few characters again and again';
  const piece = pieceOf(text);
  if (piece !== text || listed.has(pieceOf(shorn))) return 'it is one piece again and again';
  if (withoutRuns(text).length < LEAST_OWN && withoutRuns(text) !== text) {
    return 'it runs along the alphabet, the numbers or the keyboard';
  }
  return null;
}
