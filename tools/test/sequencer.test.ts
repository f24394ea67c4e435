import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../check/program.ts';
import { type Begins, LONG, longestFirst } from './sequencer.ts';

const file = (kind: number, of: string): Begins => ({ kind, file: join('/any', of) });

it('begins each kind of test with what takes longest in it, and leaves the others as they were', () => {
  const large = file(1, 'server/large.test.ts');
  const small = file(1, 'server/small.test.ts');
  const snapshots = file(1, 'server/kernel/sync/shared-snapshots.test.ts');
  const calendar = file(1, 'tests/simulation/calendar.test.ts');
  const board = file(2, 'tests/e2e/board.test.ts');
  const replay = file(2, 'tests/e2e/replay.test.ts');
  const inTime = file(3, 'tests/e2e/together.test.ts');
  expect(longestFirst([large, small, snapshots, calendar, board, replay, inTime], (begins) => begins)).toEqual([
    calendar,
    snapshots,
    large,
    small,
    replay,
    board,
    inTime,
  ]);
});

it('names files that there are', () => {
  expect(LONG.filter((name) => !existsSync(join(root, name)))).toEqual([]);
});
