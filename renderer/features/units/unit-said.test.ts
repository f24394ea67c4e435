import { expect, it } from 'vitest';
import type { UnitRow } from '#domain/bridge/topics.ts';
import { unitRowOf } from '../../testing/rows.ts';
import { unitSaid } from './unit-said.ts';

const NOON = Date.UTC(2026, 10, 27, 12);
const unit = (over: Partial<UnitRow> = {}): UnitRow => unitRowOf({ since: NOON, ...over });

it('says what the unit does, since when, and where', () => {
  expect(unitSaid(unit(), 'available', false, 'UTC')).toBe('available, since 12:00, ST36, ambulance');
  const run = { id: 'i', number: '26-10418', assignment: 'a', code: 'TR' };
  const transports = unit({ incidents: [run], destination: { name: 'Mercy Hospital' }, home: 'ST36' });
  expect(unitSaid(transports, 'transporting', false, 'UTC')).toBe(
    'transporting, since 12:00, on 26-10418, to Mercy Hospital, ambulance',
  );
  expect(unitSaid(unit({ reason: 'restock', until: NOON + 60_000 }), 'out of service', false, 'UTC')).toContain(
    'restock, back 12:01',
  );
});

it('tells a marked one, one in need, and one that two calls take for theirs', () => {
  expect(unitSaid(unit(), 'available', true, 'UTC')).toMatch(/^marked to be sent, /);
  expect(unitSaid(unit({ emergency: { emergency: 'declared', since: NOON } }), 'on scene', false, 'UTC')).toMatch(
    /^EMERGENCY, /,
  );
  const conflicts = [{ entity: 'unit:m36', register: 'commitments', title: 'M36 on two incidents', sides: [] }];
  expect(unitSaid(unit({ conflicts }), 'conflict to settle', false, 'UTC')).toMatch(/^to settle: M36 on two incidents/);
});
