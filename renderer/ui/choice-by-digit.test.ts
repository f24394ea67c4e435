import { describe, expect, it } from 'vitest';
import { choiceByDigit } from './choice-by-digit.ts';

describe('a digit beside choices', () => {
  const units = ['E06', 'M14', '51'];

  it('is the choice of that place', () => {
    expect(choiceByDigit('', '2', units, units)).toBe('M14');
    expect(choiceByDigit('', '4', units, units)).toBeUndefined();
    expect(choiceByDigit('', '0', units, units)).toBeUndefined();
    expect(choiceByDigit('', 'M', units, units)).toBeUndefined();
  });

  it('is typed where it begins a name: of a unit 51, of a nature 10D1', () => {
    expect(choiceByDigit('', '5', ['E01', 'E02', 'E03', 'E04', 'E05'], ['51'])).toBeUndefined();
    const natures = ['Fall', 'Chest pain'];
    expect(choiceByDigit('', '1', natures, ['17B1', '10D1'])).toBeUndefined();
    expect(choiceByDigit('10d', '1', natures, ['17B1', '10D1'])).toBeUndefined();
    expect(choiceByDigit('chest', '1', natures, ['17B1', '10D1', 'Chest pain'])).toBe('Fall');
  });
});
