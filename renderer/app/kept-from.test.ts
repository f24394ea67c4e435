import { expect, it } from 'vitest';
import { RoleSchema } from '#domain/kernel/permission.ts';
import { endedSaid, keptFrom } from './kept-from.ts';

it('says why the board is empty to those whose roles see no calls, and to nobody else', () => {
  const told = RoleSchema.options.filter((role) => keptFrom({ roles: [role], ended: false, keptBy: null }) !== null);
  expect(told).toEqual(['pilot', 'founder', 'investor']);
  expect(keptFrom({ roles: ['pilot', 'investor'], ended: false, keptBy: null })).toContain(
    'Not shown to pilot and investor',
  );
  expect(keptFrom({ roles: ['pilot', 'dispatcher'], ended: false, keptBy: null })).toBeNull();
  expect(keptFrom({ roles: [], ended: false, keptBy: null })).toContain('a sign-in without roles');
});

it('says of a board that the organisation keeps from a role who took it away and why, ended session or not', () => {
  const keptBy = 'Your organisation has taken this away from the role Dispatcher: trainees listen';
  const kept = { roles: ['dispatcher' as const], ended: false, keptBy };
  expect(keptFrom(kept)).toContain(keptBy);
  expect(endedSaid({ ...kept, ended: true })).not.toContain('work goes on');
});

it('does not say that work goes on where the ended session sees no board any more', () => {
  expect(endedSaid({ roles: ['dispatcher'], ended: false, keptBy: null })).toBeNull();
  expect(endedSaid({ roles: ['dispatcher'], ended: true, keptBy: null })).toContain('work goes on');
  const taken = { roles: [], ended: true, keptBy: null };
  expect(endedSaid(taken)).not.toContain('work goes on');
  for (const said of [endedSaid(taken), keptFrom(taken)]) expect(said).toContain('sign in again');
});
