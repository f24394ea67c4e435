import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Test files that take longest for their size, the longest first. Without the times of an earlier run, as in a clean checkout,
 * larger files begin first; these would be the last, beside idle processors.
 */
export const LONG = [
  'tests/simulation/calendar.test.ts',
  'tests/e2e/replay-stopped.test.ts',
  'tests/e2e/late-answers.test.ts',
  'tests/e2e/replay-real-day.test.ts',
  'tests/e2e/canary.test.ts',
  'tests/e2e/replay.test.ts',
  'tests/e2e/account-notices.test.ts',
  'server/kernel/status/room.test.ts',
  'server/kernel/sync/shared-snapshots.test.ts',
  'server/kernel/sync/greeted.test.ts',
];

/** What decides when a file begins: its kind of test, and where it lies. */
export interface Begins {
  readonly kind: number;
  readonly file: string;
}

/** Kinds of test one after the other; of each what is known to take long, and the others as they were. Pure. */
export function longestFirst<T>(files: readonly T[], of: (file: T) => Begins): T[] {
  const rank = (file: string): number => {
    const at = LONG.findIndex((long) => file.endsWith(`/${long}`));
    return at < 0 ? LONG.length : at;
  };
  return files.toSorted((a, b) => {
    const [first, second] = [of(a), of(b)];
    return first.kind - second.kind || rank(first.file) - rank(second.file);
  });
}

/** The order in which files begin. */
export class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return longestFirst(await super.sort(files), ({ project, moduleId }) => ({
      kind: project.config.sequence.groupOrder,
      file: moduleId,
    }));
  }
}
