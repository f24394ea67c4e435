import { expect, it } from 'vitest';
import type { LookedRow } from '#domain/bridge/topics.ts';
import { lookedSaid } from './looked-said.ts';

const at = (over: Partial<LookedRow>): LookedRow => ({
  said: 'oak',
  incidents: 1_204,
  back: Date.UTC(2026, 9, 12, 20),
  state: 'whole',
  ...over,
});

it('says how far was looked, and where there may be more', () => {
  const said = (over: Partial<LookedRow>, found: number): string => lookedSaid(at(over), found, 'America/Los_Angeles');
  expect(said({}, 3)).toBe(
    '3 found among all 1,204 incidents that this workstation holds, back to Mon 12 Oct 2026. What it does not hold is at the center, under Incidents.',
  );
  expect(said({ incidents: 1 }, 0)).toContain('None found among all 1 incident that');
  expect(said({ incidents: 0, back: null }, 0)).toContain('This workstation holds no incident yet.');
  expect(said({ state: 'looking' }, 2)).toBe('2 found, looking on: 1,204 incidents so far, back to Mon 12 Oct 2026');
  expect(said({ state: 'enough' }, 100)).toBe(
    'The newest 100, back to Mon 12 Oct 2026. Add a word or a day to find others.',
  );
});
