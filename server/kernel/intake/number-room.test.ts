import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterLoss, beyond, firstBlock, furthest, leaseFrom, type NumberBlock } from './number-room.ts';

const YEAR = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What a center, its clock, its backups and its being put back do, some time after the last. */
const step = fc.record({
  wait: fc.oneof(fc.nat({ max: 12 * HOUR }), fc.nat({ max: 5 * MINUTE })),
  does: fc.oneof(
    { weight: 4, arbitrary: fc.record({ lease: fc.integer({ min: 1, max: 5_000 }), times: fc.constant(1) }) },
    // All that there is: many consoles ask, again and again.
    { weight: 4, arbitrary: fc.constant({ lease: 5_000, times: 5_000 }) },
    { weight: 2, arbitrary: fc.constant('backup' as const) },
    { weight: 2, arbitrary: fc.constant('restore' as const) },
    { weight: 2, arbitrary: fc.record({ off: fc.integer({ min: -10 * MINUTE, max: 10 * MINUTE }) }) },
  ),
});

describe('numbers of a year', () => {
  it('are leased once, however often one backup is put back, by a clock that is up to ten minutes off', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let time = YEAR;
        let off = 0;
        let block: NumberBlock = firstBlock(2026, 0);
        let backup = block;
        const leased = new Map<number, number>();
        for (const { wait, does } of steps) {
          time += wait;
          const now = time + off;
          if (does === 'backup') backup = block;
          else if (does === 'restore') block = afterLoss(backup, now);
          else if ('off' in does) off = does.off;
          else {
            const from = block.next;
            for (let times = 0, size = 1; times < does.times && size > 0; times++) {
              const lease = leaseFrom(block, does.lease, now);
              size = lease.size;
              expect(lease.block.next).toBe(block.next + size);
              block = lease.block;
            }
            const to = block.next - 1;
            if (to < from) continue;
            for (const [first, last] of leased) expect(from > last || to < first).toBe(true);
            leased.set(from, to);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('begin at 1, in full blocks, and stay short: a day after a backup they jump by no more than a day has', () => {
    const { size, block } = leaseFrom(firstBlock(2026, 0), 200, YEAR + 40 * 24 * HOUR);
    expect([size, block.next]).toEqual([200, 201]);
    expect(afterLoss(block, YEAR + 41 * 24 * HOUR).next).toBe(201 + 20_000 - 200 + 21_600 + 300);
  });

  it('suffice for two hundred consoles that start at once, and come back by the hour', () => {
    let block = firstBlock(2026, 0);
    const sizes: number[] = [];
    for (let i = 0; i < 200; i++) {
      const leased = leaseFrom(block, 200, YEAR);
      sizes.push(leased.size);
      block = leased.block;
    }
    expect(sizes.slice(0, 50)).toEqual(Array(50).fill(200));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(20);
    const lost = afterLoss(block, YEAR + HOUR);
    expect(leaseFrom(lost, 200, YEAR + HOUR).size).toBe(0);
    expect(leaseFrom(lost, 200, YEAR + 2 * HOUR).size).toBe(20);
  });

  it('go on after what came back from stations', () => {
    expect(beyond({ next: 5, room: 1, roomAt: 0 }, 70).next).toBe(71);
    expect(beyond({ next: 500, room: 1, roomAt: 0 }, 70).next).toBe(500);
  });

  it('go on from the furthest where sites had numbers of their own, with no more room than that had', () => {
    expect(furthest([])).toBeUndefined();
    const [near, far] = [
      { next: 5, room: 900, roomAt: 0 },
      { next: 70, room: 3, roomAt: 0 },
    ];
    expect(furthest([near, far, { ...far, room: 9 }])).toEqual(far);
  });
});
