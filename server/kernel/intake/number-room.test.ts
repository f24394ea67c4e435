import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterLoss, beyond, firstBlock, leaseFrom, type NumberBlock } from './number-room.ts';

const YEAR = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;

/** What a center, its backups and its being put back do, some time after the last. */
const step = fc.record({
  wait: fc.nat({ max: 12 * HOUR }),
  does: fc.oneof(
    { weight: 8, arbitrary: fc.record({ lease: fc.integer({ min: 1, max: 5_000 }) }) },
    { weight: 2, arbitrary: fc.constant('backup' as const) },
    { weight: 2, arbitrary: fc.constant('restore' as const) },
  ),
});

describe('numbers of a year', () => {
  it('are leased once, however often one backup is put back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = YEAR;
        let block: NumberBlock = firstBlock(2026, 0);
        let backup = block;
        const leased = new Map<number, number>();
        for (const { wait, does } of steps) {
          now += wait;
          if (does === 'backup') backup = block;
          else if (does === 'restore') block = afterLoss(backup, now);
          else {
            const { size, block: after } = leaseFrom(block, does.lease, now);
            if (size > 0) {
              for (const [from, to] of leased) expect(block.next > to || block.next + size - 1 < from).toBe(true);
              leased.set(block.next, block.next + size - 1);
            }
            expect(after.next).toBe(block.next + size);
            block = after;
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('begin at 1, in full blocks, and stay short: a day after a backup they jump by no more than a day has', () => {
    const { size, block } = leaseFrom(firstBlock(2026, 0), 200, YEAR + 40 * 24 * HOUR);
    expect([size, block.next]).toEqual([200, 201]);
    expect(afterLoss(block, YEAR + 41 * 24 * HOUR).next).toBe(201 + 20_000 - 200 + 21_600);
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
});
