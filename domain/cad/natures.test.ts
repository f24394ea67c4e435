import { describe, expect, it } from 'vitest';
import { NATURE_FIT, natureFit } from './natures.ts';

const CHEST = { code: 'CHEST-PAIN', text: 'Chest pain', alsoCalled: ['heart attack', 'MI', '10-50', 'one-sided pain'] };
const howWell = (typed: string, nature: Parameters<typeof natureFit>[0] = CHEST): number | null =>
  natureFit(nature, typed)?.fit ?? null;

describe('a nature', () => {
  it('is found by what people call it, whole before a beginning, and in whatever order', () => {
    expect(natureFit(CHEST, 'heart attack')).toEqual({ fit: NATURE_FIT.alsoCalled, by: 'heart attack' });
    expect(natureFit(CHEST, ' mi ')).toEqual({ fit: NATURE_FIT.alsoCalled, by: 'MI' });
    expect(natureFit(CHEST, 'attack heart')).toEqual({ fit: NATURE_FIT.ofAnother, by: 'heart attack' });
    expect(natureFit(CHEST, 'att')).toEqual({ fit: NATURE_FIT.ofAnother, by: 'heart attack' });
    expect(howWell('10-50')).toBe(NATURE_FIT.alsoCalled);
    for (const typed of ['one-sided p', 'sided', 'one-s']) expect(howWell(typed), typed).toBe(NATURE_FIT.ofAnother);
    expect(howWell('pain attack')).toBe(NATURE_FIT.among);
  });
  it('is found by its own code and words as before', () => {
    expect(howWell('chest pain')).toBe(NATURE_FIT.itself);
    expect(howWell('chest-')).toBe(NATURE_FIT.begins);
    expect(howWell('pa ch')).toBe(NATURE_FIT.ofItsWords);
    expect(howWell('hest')).toBe(NATURE_FIT.within);
    expect(howWell('pain', { code: 'BACK', text: 'Back pain' })).toBe(NATURE_FIT.ofItsWords);
  });
  it('is not found by nothing, by signs alone, or where one word fits nothing of it', () => {
    for (const typed of ['', '  ', '--', '/', 'heart stopped', 'my chest', 'heart;'])
      expect(howWell(typed), typed).toBeNull();
  });
  it('is found by words with letters beyond the Latin alphabet’s plain ones', () => {
    expect(howWell('überf', { code: 'X', text: 'Raub, Überfall' })).toBe(NATURE_FIT.ofItsWords);
  });
});
