import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideLease, type LeaseAsked, lostAt, type NumbersKnown } from './number-lease.ts';
import { afterLoss, type NumberBlock } from './number-room.ts';

const YEAR = 2026;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const asked: LeaseAsked = { station: 'a', log: 'log', owner: null, year: YEAR, size: 200 };
const known: NumbersKnown = { since: 0, lostAt: null, blocks: [], seen: 0 };
const NOW = Date.UTC(YEAR, 4, 1);

/** What is kept of the numbers of a year, as a backup has it. */
interface Kept {
  readonly epochs: readonly number[];
  readonly blocks: readonly NumberBlock[];
}

const step = fc.record({
  wait: fc.oneof(fc.nat({ max: 3 * DAY }), fc.nat({ max: 12 * HOUR }), fc.nat({ max: 5 * MINUTE })),
  does: fc.oneof(
    { weight: 5, arbitrary: fc.record({ size: fc.integer({ min: 1, max: 5_000 }), times: fc.constantFrom(1, 5_000) }) },
    { weight: 2, arbitrary: fc.constant('backup' as const) },
    { weight: 3, arbitrary: fc.constant('restore' as const) },
    { weight: 2, arbitrary: fc.record({ off: fc.integer({ min: -10 * MINUTE, max: 10 * MINUTE }) }) },
  ),
});

describe('the numbers of an organisation', () => {
  it('are leased once, also where nothing of a year was leased in the backup, from before it begins', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let time = Date.UTC(YEAR, 0, 1) - 12 * DAY;
        let off = 0;
        let kept: Kept = { epochs: [time], blocks: [] };
        let backup = kept;
        const leased: { readonly from: number; readonly to: number }[] = [];
        for (const { wait, does } of steps) {
          time += wait;
          const now = time + off;
          if (does === 'backup') backup = kept;
          else if (does === 'restore')
            kept = {
              epochs: [...backup.epochs, now],
              blocks: backup.blocks.map((block) => afterLoss(block, now)),
            };
          else if ('off' in does) off = does.off;
          else
            for (let times = 0; times < does.times; times++) {
              const { blocks, epochs } = kept;
              const given = decideLease(
                { ...asked, size: does.size },
                { ...known, blocks, lostAt: lostAt(epochs) },
                now,
              );
              if (given.rule !== null) break;
              kept = { epochs, blocks: [given.block] };
              const { from, to } = given;
              const twice = leased.find((one) => from <= one.to && to >= one.from);
              expect(twice, `${from} to ${to}`).toBeUndefined();
              leased.push({ from, to });
            }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of a year are not leased before it is near, whatever the clock of who asks: a center put back would lease them again', () => {
    const far = decideLease({ ...asked, year: YEAR + 1 }, known, NOW);
    expect(far).toMatchObject({ rule: 'numbers.year@1', evidence: ['log'] });
    const near = Date.UTC(YEAR + 1, 0, 1) - 7 * DAY;
    expect(decideLease({ ...asked, year: YEAR + 1 }, known, near - 13 * HOUR)).toMatchObject({ from: 1, to: 200 });
    expect(decideLease({ ...asked, year: YEAR - 1 }, known, NOW)).toMatchObject({ from: 1, to: 200 });
  });

  it('are leased to workstations, each for logs of its own', () => {
    expect(decideLease({ ...asked, station: null }, known, NOW)).toMatchObject({ rule: 'numbers.station@1' });
    expect(decideLease({ ...asked, owner: 'b' }, known, NOW)).toMatchObject({ rule: 'numbers.station@1' });
    expect(decideLease({ ...asked, owner: 'a' }, known, NOW)).toMatchObject({ from: 1, to: 200 });
  });

  it('go on after the furthest block of its sites, and after what came back from stations once something was lost', () => {
    const blocks = [
      { next: 41, room: 9_000, roomAt: NOW },
      { next: 900, room: 9_000, roomAt: NOW },
    ];
    expect(decideLease(asked, { ...known, blocks, seen: 5_000 }, NOW)).toMatchObject({ from: 900 });
    expect(decideLease(asked, { ...known, blocks, seen: 5_000, lostAt: 1 }, NOW)).toMatchObject({ from: 5_001 });
  });
});

it('a loss is an epoch after the first', () => {
  expect([lostAt([]), lostAt([5]), lostAt([9, 7])]).toEqual([null, null, 9]);
});
