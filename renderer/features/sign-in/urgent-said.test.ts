import { expect, it } from 'vitest';
import { urgentSaid } from './urgent-said.ts';

it('says how many calls ring, and of none that it has a priority which nobody gave it', () => {
  const [urgent, unrated] = [{ priority: '1' }, { priority: null }] as const;
  expect(urgentSaid([])).toBe('');
  expect(urgentSaid([urgent])).toBe('A call of priority 1 waits.');
  expect(urgentSaid([urgent, urgent])).toBe('2 calls of priority 1 wait.');
  expect(urgentSaid([unrated])).toBe('A call of no priority yet waits.');
  expect(urgentSaid([urgent, unrated])).toBe('2 calls of priority 1 or none yet wait.');
});
