import { expect, it } from 'vitest';
import { echoes } from './echoes.ts';

it('lets nothing of what was sent from here take back what was sent after it', () => {
  const { sent, isOutdated } = echoes();
  for (const value of ['105', '110', '115']) sent(value);
  expect(isOutdated('105')).toBe(true);
  sent('120');
  // 110 was left out on the way.
  expect(isOutdated('115')).toBe(true);
  expect(isOutdated('120')).toBe(false);
});

it('takes what another window changed for what it is, and what was sent from here after that', () => {
  const { sent, isOutdated } = echoes();
  expect(isOutdated('100')).toBe(false);
  sent('105');
  expect(isOutdated('90')).toBe(false);
  expect(isOutdated('105')).toBe(false);
});
