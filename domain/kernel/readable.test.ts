import { expect, it } from 'vitest';
import { isReadable, readableOf } from './readable.ts';

it('text that is brought is readable without the marks that nobody sees, and else the same', () => {
  for (const [brought, text] of [
    ['\u202a(415) 555-0199\u202c', '(415) 555-0199'],
    ['10418\u200b', '10418'],
    ['\ufeffAna\u0000 Lopez', 'Ana Lopez'],
    ['12 Oak St\u2028rear\u000bdoor', '12 Oak St rear door'],
    ['\u2066M36\u2069', 'M36'],
    ['half \ud83d', 'half \ufffd'],
    ['two\nlines\tand\r\nmore', 'two\nlines\tand\r\nmore'],
    ['می‌خواهم 👩‍🚒 שלום‏', 'می‌خواهم 👩‍🚒 שלום‏'],
  ] as const) {
    expect(readableOf(brought)).toBe(text);
    expect(isReadable(text)).toBe(true);
  }
});
