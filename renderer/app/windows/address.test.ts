import { expect, it } from 'vitest';
import { keptFragment, readAddress } from './address.ts';

it('reads the token and the panel of a window, and keeps only the panel', () => {
  expect(readAddress('#abc-_1')).toEqual({ token: 'abc-_1', panel: null });
  expect(readAddress('#token=abc')).toEqual({ token: 'abc', panel: null });
  expect(readAddress('#panel=intake%3Anew-1&token=abc')).toEqual({ token: 'abc', panel: 'intake:new-1' });
  expect(readAddress('')).toEqual({ token: undefined, panel: null });
  expect(keptFragment({ token: 'abc', panel: 'units' })).toBe('#panel=units');
  expect(keptFragment({ token: 'abc', panel: null })).toBe('');
});
