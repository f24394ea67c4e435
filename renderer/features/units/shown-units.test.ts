import { describe, expect, it } from 'vitest';
import { isAvailable } from '#domain/cad/views/availability.ts';
import { unitRowOf } from '../../testing/rows.ts';
import { matching } from './shown-units.ts';

const free = unitRowOf({ id: 'm14', callsign: 'M14' });
const inNeed = unitRowOf({ callsign: 'M36', emergency: { emergency: 'declared', since: 1 } });
const seen = unitRowOf({ id: 'e06', callsign: 'E06', emergency: { emergency: 'seen', since: 1 } });
const running = unitRowOf({
  id: 'm2',
  callsign: 'M2',
  code: 'ER',
  standard: 'enRoute',
  label: 'en route',
  emergency: { emergency: 'declared', since: 1 },
});
const shown = (typed: string): string[] => matching([free, inNeed, seen, running], typed).map((unit) => unit.callsign);

describe('a unit that called for help and is on no call', () => {
  it('is not available, seen or not', () => {
    expect([free, inNeed, seen, running].filter(isAvailable)).toEqual([free]);
  });
  it('is not shown to who looks for available ones, and is to who looks for emergencies', () => {
    expect(shown('av')).toEqual(['M14']);
    expect(shown('available')).toEqual(['M14']);
    expect(shown('emerg')).toEqual(['M36', 'E06', 'M2']);
    expect(shown('en route')).toEqual(['M2']);
    expect(shown('m36')).toEqual(['M36']);
  });
});
