import { expect, it } from 'vitest';
import { storable } from './storable.ts';

it('leaves alone what can be kept, and replaces NUL and halves of pairs wherever they are', () => {
  const good = { a: ['x', 1, null, true], b: { '🚑': 'two halves: 🚒' } };
  expect(storable(good)).toBe(good);
  expect(storable('a\u0000b')).toBe('a\ufffdb');
  expect(storable({ 'n\u0000': [{ deep: '\ud800x\udfff' }], kept: 'yes' })).toEqual({
    'n\ufffd': [{ deep: '\ufffdx\ufffd' }],
    kept: 'yes',
  });
});
