import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockText, lastTimeOfDay, wallTime } from './local-time.ts';

const ZONE = 'America/Los_Angeles';
const at = (text: string): number => Date.parse(text);
const HOUR = 3_600_000;

describe('local times', () => {
  it('are the newest moment at which the clocks showed that time', () => {
    const noon = at('2026-11-22T12:00:00-08:00');
    expect(lastTimeOfDay(11 * HOUR, noon, ZONE)).toBe(at('2026-11-22T11:00:00-08:00'));
    expect(lastTimeOfDay(13 * HOUR, noon, ZONE)).toBe(at('2026-11-21T13:00:00-08:00'));
    expect(clockText(noon, ZONE)).toBe('12:00:00');
  });

  it('are right on the days when clocks change', () => {
    const back = at('2026-11-01T09:00:00-08:00');
    expect(lastTimeOfDay(30 * 60_000, back, ZONE)).toBe(at('2026-11-01T00:30:00-07:00'));
    const forward = at('2026-03-08T12:00:00-07:00');
    expect(lastTimeOfDay(HOUR, forward, ZONE)).toBe(at('2026-03-08T01:00:00-08:00'));
    expect(lastTimeOfDay(3 * HOUR, forward, ZONE)).toBe(at('2026-03-08T03:00:00-07:00'));
  });

  it('never lie ahead, and show the time that was asked for outside the hour that is skipped', () => {
    const anyMoment = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') });
    fc.assert(
      fc.property(anyMoment, fc.nat(86_399), (latest, second) => {
        const found = lastTimeOfDay(second * 1000, latest, ZONE);
        expect(found).toBeLessThanOrEqual(latest);
        expect(latest - found).toBeLessThan(50 * HOUR);
        const wall = wallTime(found, ZONE) % 86_400_000;
        if (second < 2 * 3600 || second >= 3 * 3600) expect(wall).toBe(second * 1000);
      }),
    );
  });
});
