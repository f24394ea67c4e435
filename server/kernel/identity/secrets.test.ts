import { expect, it } from 'vitest';
import { codeHash, newCode, plainCode } from './secrets.ts';

it('one-time codes have more than 128 bits, all of them from the generator (ASVS 6.4.1, 11.5.1)', () => {
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const asked: number[] = [];
  // Every letter for its own five bits, whatever stands above them.
  const counting = (length: number): Uint8Array => {
    asked.push(length);
    return Uint8Array.from({ length }, (_, i) => (i % 32) + 0xe0);
  };
  const code = plainCode(newCode(counting));
  expect(code).toBe(letters.slice(0, code.length));
  expect(asked).toEqual([code.length]);
  expect(code.length * 5).toBeGreaterThanOrEqual(128);
  expect(new Set(letters).size).toBe(32);
});

it('they are read in groups of four, and known however they are typed, each for what it is for', () => {
  const code = newCode((length) => crypto.getRandomValues(new Uint8Array(length)));
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){6}$/);
  const typed = ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
  expect(codeHash('enrol', typed)).toBe(codeHash('enrol', code));
  expect(codeHash('reset', code)).not.toBe(codeHash('enrol', code));
});
