import { expect, it } from 'vitest';
import { Problem } from './problem.ts';
import { reasonOf, scopeOf } from './scope.ts';

it('takes a reason as it was said, and none for none', () => {
  expect(reasonOf(undefined)).toBeNull();
  expect(reasonOf('%20')).toBeNull();
  expect(reasonOf(encodeURIComponent('Anfrage der Klägerin, § 99'))).toBe('Anfrage der Klägerin, § 99');
});

it('refuses one that is too long, sent twice or no text', () => {
  for (const header of ['x'.repeat(501), ['a', 'b'], '%E0%A4%A']) {
    expect(() => reasonOf(header)).toThrow(Problem);
  }
});

it('names the workstation, of itself and of a session begun at it', () => {
  const device = { kind: 'device', org: 'o', site: 's', station: 'w1', jkt: 'k' } as const;
  expect(scopeOf(device, 'r', null)).toEqual({
    org: 'o',
    actor: 'station:w1',
    device: 'w1',
    request: 'r',
    reason: null,
  });
  const user = {
    kind: 'user',
    org: 'o',
    site: null,
    agency: null,
    provenAt: 1,
    secondFactor: 'given',
    proof: 'bearer',
    jkt: null,
    user: 'ann',
    session: 's1',
    station: 'w1',
    roles: [],
  } as const;
  expect(scopeOf(user, 'r', 'why')).toEqual({
    org: 'o',
    actor: 'ann',
    session: 's1',
    device: 'w1',
    request: 'r',
    reason: 'why',
  });
});
