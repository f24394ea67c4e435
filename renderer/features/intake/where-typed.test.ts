import { expect, it } from 'vitest';
import { type Where, whereTyped } from './where-typed.ts';

let now = 0;
const told: (Where & { readonly at: number })[] = [];
const field = whereTyped(
  (where) => void told.push({ ...where, at: now }),
  () => now,
);
const typeUntil = (end: number, incident: string | null): void => {
  for (; now < end; now += 200) field.key(incident, 'notes');
};

it('is told again for as long as somebody types there, and no more once they rest or have left', () => {
  field.enter('i1', 'notes');
  typeUntil(120_000, 'i1');
  const times = told.map(({ at }) => at);
  for (const [n, at] of times.entries()) expect((times[n + 1] ?? now) - at).toBeLessThan(20_000);
  expect(times.length).toBeLessThan(10);
  now += 600_000;
  expect(told).toHaveLength(times.length);
  field.leave('i1');
  expect(told.at(-1)).toMatchObject({ incident: null, field: null });
});

it('of a call that had no number yet is told by the first key after it has', () => {
  told.length = 0;
  field.enter(null, 'notes');
  typeUntil(now + 1_000, null);
  expect(told).toEqual([]);
  field.key('i2', 'notes');
  expect(told).toEqual([{ incident: 'i2', field: 'notes', at: now }]);
});
