import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { lastWordsOf } from './last-words.ts';

it('is the last line, also where the end of the process is heard before it was read', async () => {
  const stream = new PassThrough();
  const heard: string[] = [];
  const words = lastWordsOf(stream, (text) => void heard.push(text));
  stream.write('station: something else\n');
  const asked = words.line();
  const sentence = Buffer.from('The store’s key is missing.\n');
  // In the middle of a letter.
  stream.write(sentence.subarray(0, 11));
  stream.end(sentence.subarray(11));
  expect(await asked).toBe('The store’s key is missing.');
  expect(heard.join('')).toBe('station: something else\nThe store’s key is missing.\n');
});

it('is empty where nothing was said, and is not waited for where something else holds the stream open', async () => {
  expect(await lastWordsOf(null, () => undefined).line()).toBe('');
  const held = new PassThrough();
  const words = lastWordsOf(held, () => undefined);
  held.write('It ends.\n');
  expect(await words.line()).toBe('It ends.');
});
