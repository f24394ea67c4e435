import { expect, it } from 'vitest';
import { withoutAccent } from './dead-key.ts';

it('takes an accent off the first letter, or from before it, and nothing else', () => {
  expect(['à', 'À', '`', '`d', '^x', 'ê'].map(withoutAccent)).toEqual(['a', 'A', '', 'd', 'x', 'e']);
  expect(['d', 'M36', '1', '', 'aé'].map(withoutAccent)).toEqual(['d', 'M36', '1', '', 'aé']);
});
