import { describe, expect, it } from 'vitest';
import { findNature } from '#domain/cad/command/reading.ts';
import { readCounty } from './county.ts';

const { natures } = await readCounty();
const called = (words: string): readonly string[] => {
  const found = findNature(natures, words);
  return found === null ? [] : 'one' in found ? [found.one.code] : found.many.map(({ code }) => code);
};

describe('the natures of the demo', () => {
  it('are found by what callers and crews say', () => {
    for (const [words, codes] of Object.entries({
      transfer: ['INTERFAC-BLS', 'INTERFAC-CCT'],
      'heart attack': ['CHEST-PAIN'],
      cardiac: ['CHEST-PAIN', 'HEART'],
      mva: ['TC'],
      'car crash': ['TC'],
      'crash trapped': ['TC-TRAPPED'],
      'pedestrian struck': ['TC-PED'],
      shooting: ['STAB-GSW'],
      'not breathing': ['CARD-ARREST'],
      'house fire': ['FIRE-STRUCT'],
      'short of breath': ['BREATHING'],
      od: ['OVERDOSE'],
      'passed out': ['UNCONSC'],
      'dog bite': ['ANIMAL-BITE'],
    }))
      expect([words, called(words)]).toEqual([words, codes]);
  });
  it('are each called nothing twice, and not what they are anyway', () => {
    for (const { code, text, alsoCalled = [] } of natures) {
      const others = new Set(alsoCalled.map((name) => name.toLowerCase()));
      expect([code, others.size]).toEqual([code, alsoCalled.length]);
      expect([code, others.has(code.toLowerCase()) || others.has(text.toLowerCase())]).toEqual([code, false]);
    }
  });
});
