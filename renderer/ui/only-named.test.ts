import { describe, expect, it } from 'vitest';
import { onlyNamed, severalNamed } from './only-named.ts';

const CHOICES = [
  ['AGENCY', 'Handed to another agency'],
  ['NOMERIT', 'No merit'],
  ['NOPT', 'No patient found'],
  ['NOTTRANS', 'Treated, not transported'],
  ['AV', 'available'],
] as const;
const named = (typed: string): string | undefined => onlyNamed(CHOICES, (choice) => choice, typed)?.[0];

describe('typed words', () => {
  it('mean a choice that they name whole, or alone', () => {
    expect(named('av')).toBe('AV');
    expect(named('no p')).toBe('NOPT');
    expect(named('not transported')).toBe('NOTTRANS');
    expect(named('agency')).toBe('AGENCY');
  });
  it('mean none where several could be meant, and none where none is named', () => {
    expect(named('no')).toBeUndefined();
    expect(named('a')).toBeUndefined();
    expect(named('')).toBeUndefined();
    expect(named('xyz')).toBeUndefined();
  });
  it('are said to be unclear with what they could be', () => {
    expect(severalNamed(' no ', ['No merit', 'No patient found'])).toBe(
      '“no” could be No merit, No patient found: type more of it.',
    );
    expect(severalNamed('x', [])).toBe('Nothing here is named “x”.');
  });
});
