/** One thing that was run and counted: a test, or a step such as a check or the torture run. */
export type Counted = {
  /** For a test `<project> <file> > <suite> > <name>`. */
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped or failed, when that is known. */
  readonly note?: string;
};

/** What may be skipped: the start of a test's name as counted, and why that is all right. */
export type AllowedSkip = { readonly test: string; readonly reason: string };

/** The count of a whole run. */
export type Tally = {
  readonly passed: number;
  readonly failed: readonly Counted[];
  readonly skipped: readonly Counted[];
};

/**
 * Counts a run. A skipped test that is not on the list has failed: tests that quietly stop running are how a guarantee is
 * lost.
 */
export function tally(all: readonly Counted[], allowed: readonly AllowedSkip[]): Tally {
  const failed: Counted[] = [];
  const skipped: Counted[] = [];
  let passed = 0;
  for (const one of all) {
    if (one.state === 'passed') passed += 1;
    else if (one.state === 'failed') failed.push(one);
    else {
      const leave = allowed.find((skip) => one.name.startsWith(skip.test));
      if (leave) skipped.push({ ...one, note: leave.reason });
      else
        failed.push({
          ...one,
          note: `skipped, and not on the list in tests/allowed-skips.ts${one.note ? `: ${one.note}` : ''}`,
        });
    }
  }
  return { passed, failed, skipped };
}

/** The last line of a run: `12 passed, 0 failed, 1 skipped`. */
export function tallyLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed.length} failed, ${skipped.length} skipped`;
}
