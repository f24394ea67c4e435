import type { Outcome } from './outcome.ts';
import { commandOf, runQuietly } from './program.ts';

/**
 * Lint and format. Warnings fail like errors: a rule that only warns is soon a page of warnings nobody reads.
 *
 * @param fix rewrites what can be mended safely, instead of only saying so
 */
export async function checkLint({ fix = false } = {}): Promise<Outcome> {
  const biome = commandOf('@biomejs/biome', 'biome');
  const args = [
    'check',
    '--error-on-warnings',
    '--colors=off',
    '--max-diagnostics=50',
    ...(fix ? ['--write'] : []),
    '.',
  ];
  const { code, output } = await runQuietly(biome, args);
  if (code === 0) return { ok: true, summary: output.split('\n')[0] ?? 'nothing to say' };
  return { ok: false, summary: 'not as the house writes (npm run lint -- --fix mends much of it)', detail: output };
}
