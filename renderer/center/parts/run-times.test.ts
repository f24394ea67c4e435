import { expect, it } from 'vitest';
import { timesSaid } from './run-times.tsx';

it('shows the times that were recorded, in the order in which they happen', () => {
  expect(timesSaid({ atDestination: 9, leftScene: 5, psapCall: 1, onScene: null })).toEqual([
    ['call', 1],
    ['left scene', 5],
    ['at destination', 9],
  ]);
});
