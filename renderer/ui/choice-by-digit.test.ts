import { describe, expect, it } from 'vitest';
import { choiceByDigit } from './choice-by-digit.ts';

const press = (key: string, over: object = {}) => ({ key, ctrlKey: false, altKey: false, metaKey: false, ...over });

describe('a digit beside choices', () => {
  const units = ['E06', 'M14', '51'];

  it('is the choice of that place', () => {
    expect(choiceByDigit('', press('2'), units, units)).toBe('M14');
    expect(choiceByDigit('', press('4'), units, units)).toBeUndefined();
    expect(choiceByDigit('', press('0'), units, units)).toBeUndefined();
    expect(choiceByDigit('', press('M'), units, units)).toBeUndefined();
  });

  it('is typed where it begins a name: of a unit 51, of a nature 10D1', () => {
    expect(choiceByDigit('', press('5'), ['E01', 'E02', 'E03', 'E04', 'E05'], ['51'])).toBeUndefined();
    const natures = ['Fall', 'Chest pain'];
    expect(choiceByDigit('', press('1'), natures, ['17B1', '10D1'])).toBeUndefined();
    expect(choiceByDigit('10d', press('1'), natures, ['17B1', '10D1'])).toBeUndefined();
    expect(choiceByDigit('chest', press('1'), natures, ['17B1', '10D1', 'Chest pain'])).toBe('Fall');
  });

  it('is a key of the window with Ctrl, Alt or Meta, and takes none', () => {
    for (const held of ['ctrlKey', 'altKey', 'metaKey'])
      expect(choiceByDigit('', press('2', { [held]: true }), units, units)).toBeUndefined();
  });
});
