import { expect, it } from 'vitest';
import { timesSaid } from './run-times.tsx';

it('shows the times that were recorded, in the order in which they happen', () => {
  expect(timesSaid({ atDestination: 9, leftScene: 5, psapCall: 1, onScene: null })).toEqual([
    { element: 'psapCall', name: 'call answered', at: 1 },
    { element: 'leftScene', name: 'left scene', at: 5 },
    { element: 'atDestination', name: 'at destination', at: 9 },
  ]);
});
