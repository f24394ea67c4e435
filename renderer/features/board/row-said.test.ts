import { expect, it } from 'vitest';
import { incidentRowOf, unitChip } from '../../testing/rows.ts';
import { rowSaid } from './row-said.ts';

const NOON = Date.UTC(2026, 10, 27, 12);
const said = (over: Parameters<typeof incidentRowOf>[1]): string =>
  rowSaid(incidentRowOf('26-10418', over), NOON, 'UTC');

it('says of a waiting call how urgent it is, what, where, and since when it waits', () => {
  const location = { text: '300 BRANNAN ST', detail: 'apt 4', zone: 'N-12' };
  const call = { priority: '1', location, answeredAt: NOON - 600_000, readyAt: NOON - 540_000 } as const;
  expect(said(call)).toBe('Priority 1, Fall, 300 BRANNAN ST, apt 4, zone N-12, waiting since 11:51');
  expect(said({ ...call, left: { at: NOON, standard: 'canceled', reached: true } })).toContain(
    'waiting since 12:00, again',
  );
  expect(said({ priority: null, nature: null, location: null, answeredAt: NOON })).toBe(
    'No priority, no nature yet, no location yet, waiting since 12:00',
  );
});

it('says what a sighted dispatcher sees by a mark or a colour', () => {
  const units = [unitChip(), unitChip({ callsign: 'E06', code: 'OS', contested: true })];
  expect(said({ state: 'active', units, answeredAt: NOON, alarm: 2, unsent: 3 })).toBe(
    'Priority 2, Fall, alarm 2, LARKIN ST, answered 12:00, M36 ER and E06 OS on it, contested, 3 not at the center yet',
  );
  const conflicts = [{ entity: 'incident:x', register: 'location', title: 'location', sides: [] }];
  expect(said({ conflicts })).toContain('to settle: location');
  expect(said({ state: 'held', hold: { reason: 'caller calls back', until: NOON } })).toContain(
    'held: caller calls back, until 12:00',
  );
});

it('says how and when one ended', () => {
  expect(said({ state: 'closed', closedAt: NOON - 60_000, disposition: 'Transported' })).toContain(
    'closed 11:59, Transported',
  );
  expect(said({ state: 'closed', closedAt: NOON, units: [unitChip()] })).toContain('ended with units on it');
});
