import { describe, expect, it } from 'vitest';
import { groupsOf, type MatrixFilter, moved, standingOf, whyNotRestrict } from './rows.ts';

const MATRIX: Parameters<typeof groupsOf>[0] = {
  roles: [
    { role: 'admin', title: 'Administrator' },
    { role: 'pilot', title: 'Pilot' },
  ],
  modules: [
    {
      name: 'identity',
      title: 'Identity',
      why: null,
      permissions: [
        {
          name: 'people.change',
          title: 'Change a person',
          kind: 'action',
          may: ['admin'],
          own: [],
          withheld: [],
          reach: 'site',
          stepUp: false,
        },
      ],
    },
    {
      name: 'epcr',
      title: 'Charts',
      why: 'Charts is off.',
      permissions: [
        {
          name: 'chart.read',
          title: 'Read: Chart',
          kind: 'read',
          may: ['admin', 'pilot'],
          own: [],
          withheld: [],
          reach: 'agency',
          stepUp: false,
        },
        {
          name: 'chart.write',
          title: 'Change: Chart',
          kind: 'write',
          may: ['admin'],
          own: [],
          withheld: [],
          reach: 'own',
          stepUp: true,
        },
      ],
    },
  ],
};
const named = (filter: Partial<MatrixFilter>): string[] =>
  groupsOf(MATRIX, { typed: '', module: '', role: '', ...filter }).flatMap(({ permissions }) =>
    permissions.map(({ name }) => name),
  );

describe('the matrix', () => {
  it('is narrowed by words, by module and by role, and by them together', () => {
    expect(named({})).toHaveLength(3);
    expect(named({ typed: 'change' })).toEqual(['people.change', 'chart.write']);
    expect(named({ typed: 'chart reading' })).toEqual(['chart.read']);
    expect(named({ module: 'epcr', role: 'pilot' })).toEqual(['chart.read']);
    expect(named({ role: 'pilot', typed: 'person' })).toEqual([]);
  });
  it('says of a role what it may here, with what the organisation took away', () => {
    const [permission] = groupsOf(MATRIX, { typed: 'chart reading', module: '', role: '' })[0]?.permissions ?? [];
    if (!permission) throw new Error('there is no such permission');
    expect(standingOf(permission, 'pilot')).toBe('may');
    expect(standingOf(permission, 'biller')).toBe('may not');
    expect(standingOf({ ...permission, own: ['pilot'] }, 'pilot')).toBe('own alone');
    const withheld = { ...permission, own: ['pilot' as const], withheld: [{ role: 'pilot' as const, reason: 'x' }] };
    expect(standingOf(withheld, 'pilot')).toBe('taken away');
    expect(standingOf(withheld, 'admin')).toBe('may');
  });
  it('is moved in by the arrows and never left by them', () => {
    const at = { row: 1, column: 0 };
    expect(moved(at, 'ArrowUp', 3, 2, 10)).toEqual({ row: 0, column: 0 });
    expect(moved(at, 'PageDown', 3, 2, 10)).toEqual({ row: 2, column: 0 });
    expect(moved(at, 'ArrowLeft', 3, 2, 10)).toEqual({ row: 1, column: -1 });
    expect(moved({ row: 0, column: 1 }, 'ArrowRight', 3, 2, 10)).toEqual({ row: 0, column: 1 });
    expect(moved(at, 'x', 3, 2, 10)).toBeNull();
  });
});

describe('taking away from a role', () => {
  const permission = MATRIX.modules[0]?.permissions[0];
  const [admin, pilot] = MATRIX.roles;

  it('is said to be open, or why it is not', () => {
    expect(whyNotRestrict(permission, admin, null)).toBeNull();
    expect(whyNotRestrict(permission, admin, 'Your role does not allow this.')).toBe('Your role does not allow this.');
    expect(whyNotRestrict(permission, pilot, null)).toContain('The role Pilot does not have this');
    expect(whyNotRestrict(permission, undefined, null)).toContain('Choose the cell of a role');
    expect(whyNotRestrict(undefined, admin, null)).toContain('Choose a permission');
  });
});
