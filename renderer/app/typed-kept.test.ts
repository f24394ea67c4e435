import { describe, expect, it } from 'vitest';
import { readTyped } from './typed-kept.ts';

describe('what is half typed', () => {
  it('is read from a draft, whatever is in it', () => {
    const begin = { typed: '', reason: '' };
    expect(readTyped(begin, { typed: '1432', reason: 'misheard' })).toEqual({ typed: '1432', reason: 'misheard' });
    expect(readTyped(begin, { typed: 7, odd: 'x', reason: 'late' })).toEqual({ typed: '', reason: 'late' });
    for (const odd of [undefined, null, 'text', 7, ['typed']]) expect(readTyped(begin, odd)).toBe(begin);
  });
});
