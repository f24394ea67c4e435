import { expect, it } from 'vitest';
import type { InvitationOut, PersonOut } from '#domain/identity/api/people.ts';
import { peopleRows, stateOf } from './rows.ts';

const NOW = 1_000_000;
const person = (over: Partial<PersonOut>): PersonOut => ({
  person: 'p',
  login: 'ada',
  name: 'Ada',
  roles: ['dispatcher'],
  site: null,
  agency: null,
  email: null,
  active: true,
  version: 1,
  createdAt: 0,
  passwordChangedAt: null,
  lastSeenAt: null,
  sessions: 0,
  pausedUntil: null,
  ...over,
});
const invitation = (over: Partial<InvitationOut>): InvitationOut => ({
  invitation: 'i',
  login: 'new',
  name: 'New',
  roles: ['dispatcher'],
  site: null,
  agency: null,
  email: null,
  madeBy: null,
  madeAt: 0,
  expiresAt: NOW + 1,
  state: 'open',
  person: null,
  ...over,
});

it('whoever waits for something stands first, whoever is gone last; who accepted is a person', () => {
  const rows = peopleRows(
    [
      person({ name: 'Gone', active: false }),
      person({ name: 'Unit 10' }),
      person({ name: 'Unit 9' }),
      person({ name: 'Locked out', pausedUntil: NOW + 1 }),
      person({ name: 'Was locked out', pausedUntil: NOW }),
    ],
    [
      invitation({ name: 'Comes' }),
      invitation({ name: 'Late', expiresAt: NOW }),
      invitation({ name: 'Came', state: 'accepted' }),
      invitation({ name: 'Called off', state: 'revoked' }),
    ],
    NOW,
  );
  expect(rows.map((row) => [row.of.name, stateOf(row, NOW)])).toEqual([
    ['Locked out', 'paused'],
    ['Comes', 'invited'],
    ['Late', 'lapsed'],
    ['Unit 9', 'active'],
    ['Unit 10', 'active'],
    ['Was locked out', 'active'],
    ['Gone', 'inactive'],
  ]);
});
