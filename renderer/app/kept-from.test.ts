import { expect, it } from 'vitest';
import { RoleSchema } from '#domain/kernel/permission.ts';
import { endedSaid, keptFrom } from './kept-from.ts';

it('says why the board is empty to those whose roles see no calls, and to nobody else', () => {
  const told = RoleSchema.options.filter((role) => keptFrom({ roles: [role], ended: false }) !== null);
  expect(told).toEqual(['pilot', 'founder', 'investor']);
  expect(keptFrom({ roles: ['pilot', 'investor'], ended: false })).toContain('Not shown to pilot and investor');
  expect(keptFrom({ roles: ['pilot', 'dispatcher'], ended: false })).toBeNull();
  expect(keptFrom({ roles: [], ended: false })).toContain('a sign-in without roles');
});

it('does not say that work goes on where the ended session sees no board any more', () => {
  expect(endedSaid({ roles: ['dispatcher'], ended: false })).toBeNull();
  expect(endedSaid({ roles: ['dispatcher'], ended: true })).toContain('work goes on');
  const taken = { roles: [], ended: true };
  expect(endedSaid(taken)).not.toContain('work goes on');
  for (const said of [endedSaid(taken), keptFrom(taken)]) expect(said).toContain('sign in again');
});
