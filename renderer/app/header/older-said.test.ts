import { describe, expect, it } from 'vitest';
import { olderNamed, olderSaid } from './older-said.ts';

const older = (name: string, heldBack: readonly string[] = [], partlyShown: readonly string[] = []) => ({
  station: name,
  name,
  heldBack,
  partlyShown,
});

describe('what is said of workstations of an older version', () => {
  it('is nothing while there is none', () => {
    expect(olderNamed([])).toBe('');
  });

  it('names them, a few of many', () => {
    expect(olderNamed([older('Position 3')])).toBe('Position 3: older version');
    expect(olderNamed(['1', '2', '3', '4'].map((name) => older(name)))).toBe('1, 2 and 2 more: older version');
  });

  it('says what to tell by voice, what is held back, and until when', () => {
    expect(olderSaid(older('Position 3', [], ['Emergency of a unit']))).toBe(
      'Position 3 runs an older version. It cannot read “Emergency of a unit”: a unit or incident that has one is partly shown there; tell it by voice.',
    );
    expect(olderSaid(older('Position 3', ['Linked', 'Merged']))).toBe(
      'Position 3 runs an older version. Nobody can enter “Linked” and “Merged” until it is updated or revoked.',
    );
  });
});
