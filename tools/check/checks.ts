import { checkDeadCode } from './deadcode.ts';
import { checkImports } from './imports.ts';
import { checkLint } from './lint.ts';
import { checkLockfile } from './lockfile.ts';
import type { Check, Outcome } from './outcome.ts';
import { checkTypes } from './types.ts';

/** The checks of the source, in the order they are run. */
export const checks: readonly Check[] = [
  { name: 'types', title: 'types', run: checkTypes },
  { name: 'lint', title: 'lint and format', run: checkLint },
  { name: 'imports', title: 'import directions and cycles', run: checkImports },
  { name: 'deadcode', title: 'dead code', run: checkDeadCode },
  { name: 'lockfile', title: 'lockfile', run: checkLockfile },
];

/**
 * Runs one check and prints its line, and what it found when it failed. A check that throws has failed.
 *
 * @param options.fix lets those checks that can mend what they find do so
 */
export async function report(check: Check, options: { fix?: boolean } = {}): Promise<boolean> {
  const outcome = await check.run(options).catch(failed);
  process.stdout.write(`${outcome.ok ? 'ok    ' : 'FAILED'}  ${check.title}: ${outcome.summary}\n`);
  if (!outcome.ok && outcome.detail) process.stdout.write(`\n${outcome.detail}\n\n`);
  return outcome.ok;
}

function failed(error: unknown): Outcome {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { ok: false, summary: 'the check itself broke', detail };
}
