import type { Outcome } from './outcome.ts';
import { commandOf, runQuietly } from './program.ts';

/** Files nothing reaches, exports nobody imports, dependencies nobody uses or nobody declared (knip.ts says from where). */
export async function checkDeadCode(): Promise<Outcome> {
  const { code, output } = await runQuietly(commandOf('knip', 'knip'), ['--no-progress', '--no-config-hints']);
  if (code === 0) return { ok: true, summary: 'every file, export and dependency is used' };
  return { ok: false, summary: 'unused or undeclared', detail: output };
}
