import { expect, it } from 'vitest';
import { RoleSchema } from '#domain/kernel/permission.ts';
import { keptFrom } from './kept-from.ts';

it('says why the board is empty to those whose roles see no calls, and to nobody else', () => {
  const told = RoleSchema.options.filter((role) => keptFrom([role]) !== null);
  expect(told).toEqual(['pilot', 'founder', 'investor']);
  expect(keptFrom(['pilot', 'investor'])).toContain('Not shown to pilot and investor');
  expect(keptFrom(['pilot', 'dispatcher'])).toBeNull();
  expect(keptFrom([])).toContain('a sign-in without roles');
});
