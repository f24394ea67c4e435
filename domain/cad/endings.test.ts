import { describe, expect, it } from 'vitest';
import { endingsFor } from './endings.ts';

const dispositions = ['CANCELED', 'DECEASED', 'FALSE-ALARM', 'FIRE-OUT', 'REFUSED', 'TRANSPORTED'].map((code) => ({
  code,
  text: code.toLowerCase(),
}));
const natures = [
  { code: 'CHEST', endings: ['TRANSPORTED', 'REFUSED', 'NOT-ON-THE-LIST'] },
  { code: 'FALL', endings: ['TRANSPORTED', 'CANCELED'] },
  { code: 'FIRE', endings: ['FIRE-OUT', 'CANCELED'] },
  { code: 'OTHER' },
];
const codes = (nature: string | null) => endingsFor(nature, natures, dispositions).map(({ code }) => code);

describe('the ways a call can end', () => {
  it('begin with what its nature mostly ends in, the rest after it', () => {
    expect(codes('FIRE')).toEqual(['FIRE-OUT', 'CANCELED', 'TRANSPORTED', 'REFUSED', 'DECEASED', 'FALSE-ALARM']);
    expect(codes('CHEST').slice(0, 2)).toEqual(['TRANSPORTED', 'REFUSED']);
  });
  it('begin with what most natures end in where its own says nothing or is not known', () => {
    expect(codes('OTHER')).toEqual(['TRANSPORTED', 'CANCELED', 'FIRE-OUT', 'REFUSED', 'DECEASED', 'FALSE-ALARM']);
    expect(codes(null)).toEqual(codes('OTHER'));
  });
  it('are all there, each once, by their words where no nature names any', () => {
    expect(endingsFor('FIRE', [], dispositions.toReversed())).toEqual(dispositions);
  });
});
