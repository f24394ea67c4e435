import { expect, it } from 'vitest';
import { createClockJumps } from './clock-jumps.ts';

it('is said once of a wall clock that was set, forwards or backwards, and not of one that drifts', () => {
  let wall = 1_000_000;
  let steady = 0;
  const jumps = createClockJumps(
    () => wall,
    () => steady,
  );
  const pass = (ms: number, set = 0): void => {
    steady += ms;
    wall += ms + set;
  };
  pass(60_000, 500);
  expect(jumps.jumped()).toBe(false);
  pass(1_000, 1);
  expect(jumps.jumped()).toBe(true);
  expect(jumps.jumped()).toBe(false);
  pass(1_000, -3_600_000);
  expect(jumps.jumped()).toBe(true);
  pass(1_000, 600);
  jumps.measured();
  expect(jumps.jumped()).toBe(false);
});
