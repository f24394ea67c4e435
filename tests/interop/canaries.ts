/**
 * Looks for planted text in files, in every form in which a program might have written it: UTF-8, UTF-16 in both orders,
 * base64 at each of its three alignments (plain and URL-safe), and hex.
 */
import { readFileSync } from 'node:fs';

export interface Finding {
  readonly file: string;
  readonly canary: string;
  readonly form: string;
  readonly at: number;
}

function base64At(bytes: Buffer, alignment: number): string {
  // The characters that depend on neighbours of the text are cut off at both ends.
  const padded = Buffer.concat([Buffer.alloc(alignment), bytes]);
  const text = padded.toString('base64').replaceAll('=', '');
  const before = Math.ceil((alignment * 8) / 6);
  const whole = Math.floor((padded.length * 8) / 6);
  return text.slice(before, whole);
}

/** The forms of one text, as the bytes they leave in a file. */
export function formsOf(canary: string): ReadonlyMap<string, Buffer> {
  const utf8 = Buffer.from(canary, 'utf8');
  const utf16 = Buffer.from(canary, 'utf16le');
  const forms = new Map<string, Buffer>([
    ['UTF-8', utf8],
    ['UTF-16LE', utf16],
    ['UTF-16BE', Buffer.from(utf16).swap16()],
    ['hex', Buffer.from(utf8.toString('hex'))],
    ['HEX', Buffer.from(utf8.toString('hex').toUpperCase())],
  ]);
  for (const alignment of [0, 1, 2]) {
    const text = base64At(utf8, alignment);
    forms.set(`base64+${alignment}`, Buffer.from(text));
    forms.set(`base64url+${alignment}`, Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_')));
  }
  return forms;
}

/** Where canaries are found in files; one finding a form and file. */
export function findCanaries(files: readonly string[], canaries: readonly string[]): Finding[] {
  const wanted = canaries.map((canary) => ({ canary, forms: formsOf(canary) }));
  return files.flatMap((file) => {
    const bytes = readFileSync(file);
    return wanted.flatMap(({ canary, forms }) =>
      [...forms].flatMap(([form, needle]) => {
        const at = bytes.indexOf(needle);
        return at === -1 ? [] : [{ file, canary, form, at }];
      }),
    );
  });
}
