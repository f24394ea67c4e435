import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HLC_START, type HlcState, hlcFormat, hlcObserve, hlcParse, hlcTick } from './hlc.ts';

const NOW = 1_795_000_000_000;
const Reading = fc.record({ ms: fc.nat(2 ** 47), count: fc.nat(0xffff) });
const reading = (ms: number, count = 0): string => hlcFormat({ ms, count }, 'a');
const comesBefore = (a: HlcState, b: HlcState): boolean => a.ms < b.ms || (a.ms === b.ms && a.count < b.count);

describe('a reading', () => {
  it('sorts as text as it does in time', () => {
    fc.assert(
      fc.property(Reading, Reading, (a, b) => {
        expect(hlcFormat(a, 's') < hlcFormat(b, 's')).toBe(comesBefore(a, b));
        expect(hlcParse(hlcFormat(a, 'station-1'))).toEqual({ ...a, station: 'station-1' });
      }),
    );
  });

  it('is later than the one before it, whatever the clock says and however many are of one millisecond', () => {
    fc.assert(
      fc.property(Reading, fc.nat(2 ** 47), (state, now) => {
        expect(comesBefore(state, hlcTick(state, now))).toBe(true);
      }),
    );
    expect(hlcTick({ ms: NOW, count: 0xffff }, NOW)).toEqual({ ms: NOW + 1, count: 0 });
  });

  it('of another is followed until it is 120 s ahead, and no further', () => {
    expect(hlcObserve(HLC_START, reading(NOW + 120_000, 3), NOW)).toEqual({ ms: NOW + 120_000, count: 3 });
    expect(hlcObserve(HLC_START, reading(NOW + 120_001), NOW)).toEqual(HLC_START);
    // One that is behind moves nothing back.
    const state = { ms: NOW, count: 2 };
    for (const behind of [reading(NOW - 1, 9), reading(NOW, 1)]) expect(hlcObserve(state, behind, NOW)).toEqual(state);
    expect(hlcObserve(state, reading(NOW, 7), NOW)).toEqual({ ms: NOW, count: 7 });
  });

  it('that cannot be read is none: it is from before everything', () => {
    for (const text of ['', 'x', 'not-a-reading'])
      expect(hlcObserve({ ms: 1, count: 0 }, text, NOW)).toEqual({ ms: 1, count: 0 });
  });
});
