import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('text on a report', () => {
  it('stays as it is where the standard fonts have it', () => {
    expect(printable('José Peña, 12 Über­weg — “no”')).toBe('José Peña, 12 Über­weg — “no”');
  });

  it('shows names of the Latin script in letters, those too that are no letter with an accent', () => {
    expect(printable('Nguyễn Đặng')).toBe('Nguyen Dang');
    expect(printable('Łukasz Żółć, Işıl, Ŋaŧħ')).toBe('Lukasz Zólc, Isil, Nath');
  });

  it('shows a hyphen, a minus and a prime of any kind as those of a keyboard', () => {
    expect(printable('10‑18 5′11″ −4 ― x')).toBe('10-18 5\'11" -4 — x');
  });

  it('shows what it has no letter for by its code, and leaves nothing out', () => {
    expect(printable('中\u0007x\ty\r\nz')).toBe('[U+4E2D] x y\nz');
  });
});
