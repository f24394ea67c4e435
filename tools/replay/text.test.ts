import { expect, it } from 'vitest';
import { textOf } from './text.ts';

it('reads a file in the encoding it was saved in, and says which', () => {
  const text = 'Address\nCAF\u00c9 ST';
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  expect(textOf(Buffer.from(text))).toEqual({ text, encoding: 'utf-8' });
  expect(textOf(Buffer.from(`\ufeff${text}`))).toEqual({ text, encoding: 'utf-8' });
  expect(textOf(Buffer.from(text, 'latin1'))).toEqual({ text, encoding: 'windows-1252' });
  expect(textOf(utf16)).toEqual({ text, encoding: 'utf-16le' });
  expect(textOf(Buffer.from(utf16).swap16())).toEqual({ text, encoding: 'utf-16be' });
  expect(textOf(new Uint8Array())).toEqual({ text: '', encoding: 'utf-8' });
});
