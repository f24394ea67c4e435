import { defineConfig } from 'vitest/config';
import { Sequencer } from './tools/test/sequencer.ts';

const SECOND = 1000;

/**
 * How long a poll that names no time of its own waits for what has to come. Patience, and no bound: where a test says how
 * soon, it says so itself.
 */
const expectation = { poll: { timeout: 10 * SECOND } };

/**
 * Files that a worker runs share what it has loaded: to load the center or the browser's driver anew for each took a tenth of
 * the time of all. What a test changes of its process it puts back, and what needs a process to itself starts one.
 */
const isolate = false;

/** Browser tests that hold the product to a time. */
const IN_TIME = ['cable', 'outage', 'together'].map((name) => `tests/e2e/${name}.test.ts`);

/**
 * One more than CI has processors: a quarter of the time unit tests wait for a disk, a database or a process of theirs. What
 * the simulation and the compiler of interop have to reckon is done meanwhile.
 */
const WORKERS = 3;

/**
 * Kinds of test, one after the other (`groupOrder`), so that a browser test is never slowed into failing by unit tests
 * beside it, and those that hold the product to a time have the machine for themselves. Interop and simulation begin first
 * of theirs: each has one file that keeps one processor busy for long. No retries anywhere: a flaky test is a failing test.
 */
export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    retry: 0,
    sequence: { sequencer: Sequencer },
    // Tests of a part that is not in the checkout are simply none; that a whole run finds some is counted by `npm test`.
    passWithNoTests: true,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.{ts,tsx}'],
          exclude: [
            '**/node_modules/**',
            'dist/**',
            '.data/**',
            'tests/e2e/**',
            'tests/interop/**',
            'tests/simulation/**',
          ],
          maxWorkers: WORKERS,
          testTimeout: 30 * SECOND,
          hookTimeout: 120 * SECOND,
          expect: expectation,
          isolate,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'interop',
          include: ['tests/interop/**/*.test.ts'],
          maxWorkers: WORKERS,
          testTimeout: 120 * SECOND,
          hookTimeout: 120 * SECOND,
          expect: expectation,
          isolate,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['tests/simulation/**/*.test.ts'],
          maxWorkers: WORKERS,
          testTimeout: 120 * SECOND,
          hookTimeout: 120 * SECOND,
          expect: expectation,
          isolate,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: IN_TIME,
          maxWorkers: 2,
          testTimeout: 180 * SECOND,
          hookTimeout: 180 * SECOND,
          expect: expectation,
          isolate,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e in time',
          include: IN_TIME,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 180 * SECOND,
          hookTimeout: 180 * SECOND,
          expect: expectation,
          isolate,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
