import { count, type Outcome } from './outcome.ts';
import { commandOf, runQuietly } from './program.ts';

/** One program per runtime: what each may know is in its own tsconfig. */
const programs = ['domain', 'node', 'renderer', 'preload', 'browser-tests'] as const;

/** tsc's error for a program with no files. A part of the house may be empty; that is nothing wrong. */
const NO_FILES = 'error TS18003';

/** Type-checks every runtime's program. */
export async function checkTypes(): Promise<Outcome> {
  const tsc = commandOf('typescript', 'tsc');
  const failures: string[] = [];
  let errors = 0;
  for (const program of programs) {
    const { code, output } = await runQuietly(tsc, ['-p', `tsconfig.${program}.json`, '--pretty', 'false']);
    if (code === 0 || output.startsWith(NO_FILES)) continue;
    errors += output.match(/error TS\d+/g)?.length ?? 1;
    failures.push(`${program} (tsconfig.${program}.json)\n${output}`);
  }
  if (failures.length === 0) return { ok: true, summary: `${programs.length} programs compile` };
  return { ok: false, summary: count(errors, 'error'), detail: failures.join('\n\n') };
}
