import { describe, expect, it } from 'vitest';
import { othersNamed } from './other-named.ts';

const row = (number: string, place: string) => ({ id: number, number, said: `${number} · Fall · ${place}` });
const rows = [row('26-00118', '18 Oak St'), row('26-00218', 'Pier 39'), row('26-00119', 'Larkin St')];
const meant = (typed: string) => othersNamed(rows, typed).meant?.number ?? null;

describe('the other incident', () => {
  it('is named by as many last digits as tell it from the rest', () => {
    expect(meant('9')).toBe('26-00119');
    expect(meant('218')).toBe('26-00218');
    expect(meant('18')).toBeNull();
    expect(othersNamed(rows, '18').options.map(({ number }) => number)).toEqual(['26-00118', '26-00218']);
  });

  it('is named by its place where that is one alone', () => {
    expect(meant('pier')).toBe('26-00218');
    expect(meant('fall')).toBeNull();
  });

  it('is nobody before anything is typed, and where nothing fits', () => {
    expect(meant('')).toBeNull();
    expect(othersNamed(rows, '').options).toHaveLength(3);
    expect(meant('77')).toBeNull();
  });
});
