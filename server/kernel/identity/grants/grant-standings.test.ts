import { expect, it } from 'vitest';
import type { Grant } from '#domain/wire/sync.ts';
import { type Known, standingsOf } from './grant-standings.ts';

const grant: Grant = {
  ...{ id: 'grant', org: 'o', site: 's', station: 'a', session: 'session', user: 'ann', login: 'ann', name: 'Ann' },
  ...{ roles: ['dispatcher'], issuedAt: 1_000, expiresAt: 9_000, sig: '' },
};
const until = (known: Omit<Known, 'id'> | null): number[] =>
  standingsOf([grant], new Map(known ? [['ann', { id: 'ann', ...known }]] : [])).map((row) => row.valid_until);

it('lets a grant last as said, unless its person lost a right after it', () => {
  expect(until(null)).toEqual([9_000, 9_000]);
  expect(until({ active: true, withdrawn_at: null })).toEqual([9_000, 9_000]);
  expect(until({ active: true, withdrawn_at: 500 })).toEqual([9_000, 9_000]);
  expect(until({ active: true, withdrawn_at: 4_000 })).toEqual([4_000, 4_000]);
  expect(until({ active: false, withdrawn_at: 4_000 })).toEqual([4_000, 4_000]);
});

it('takes a grant of after a withdrawal for what it is: the person had been let in again since', () => {
  expect(until({ active: false, withdrawn_at: 500 })).toEqual([9_000, 9_000]);
  expect(until({ active: false, withdrawn_at: 1_000 })).toEqual([1_000, 1_000]);
});
