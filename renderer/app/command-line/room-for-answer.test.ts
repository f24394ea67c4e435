import { expect, test } from 'vitest';
import { roomForAnswer } from './room-for-answer.ts';

test('an answer at the end is typed after a space, and after one that stands there already', () => {
  expect(roomForAnswer('D M36', { from: 5, to: 5 })).toEqual({ line: 'D M36 ', from: 6, to: 6 });
  expect(roomForAnswer('D M36 ', { from: 6, to: 6 })).toEqual({ line: 'D M36 ', from: 6, to: 6 });
});

test('a word that is missing before another has room made for it', () => {
  expect(roomForAnswer('T M36 1502', { from: 5, to: 5 })).toEqual({ line: 'T M36  1502', from: 5, to: 5 });
});

test('a word that is unclear is typed over', () => {
  expect(roomForAnswer('D M3 10418', { from: 2, to: 4 })).toEqual({ line: 'D M3 10418', from: 2, to: 4 });
});
