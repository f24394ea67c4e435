import { expect, test } from 'vitest';
import { cycles } from './cycles.ts';
import type { Import } from './import-rules.ts';

function link(from: string, file: string, typeOnly = false): Import {
  return { from, specifier: file, to: { file }, typeOnly };
}

test('a cycle is told once, by its shortest way', () => {
  const ring = [link('a', 'b'), link('b', 'c'), link('c', 'a'), link('b', 'a'), link('d', 'a')];
  expect(cycles(ring)).toEqual([
    ['a', 'b'],
    ['c', 'a', 'b'],
  ]);
});

test('a file that imports itself is a cycle', () => {
  expect(cycles([link('a', 'a')])).toEqual([['a']]);
});

test('imports of types make no cycle', () => {
  expect(cycles([link('a', 'b'), link('b', 'a', true)])).toEqual([]);
});
