import type { Outcome } from './outcome.ts';
import { commandOf, runQuietly } from './program.ts';

const QUIETLY = ['--no-progress', '--no-config-hints'];

/**
 * Files nothing reaches, exports nobody imports, dependencies nobody uses or nobody declared (knip.ts says from where); and
 * files and exports of the product that nothing but tests uses (knip.production.ts).
 */
export async function checkDeadCode(): Promise<Outcome> {
  const knip = commandOf('knip', 'knip');
  const found = [
    await runQuietly(knip, QUIETLY),
    await runQuietly(knip, ['--production', '--config', 'knip.production.ts', ...QUIETLY]),
  ].filter(({ code }) => code !== 0);
  if (found.length === 0)
    return { ok: true, summary: 'every file, export and dependency is used, and not by tests alone' };
  return {
    ok: false,
    summary: 'unused, used by tests alone, or undeclared',
    detail: found.map(({ output }) => output).join('\n\n'),
  };
}
