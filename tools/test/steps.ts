import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hasRenderer } from '../build/renderer.ts';
import { buildShell } from '../build/shell.ts';
import { checks, report } from '../check/checks.ts';
import { root, runShown } from '../check/program.ts';

/** Something `npm test` runs and counts as one, besides the tests themselves. */
export type Step = {
  readonly name: string;
  readonly title: string;
  /** Why it cannot run in this checkout: the part it is about is not there. */
  readonly absent?: string;
  readonly run: () => Promise<boolean>;
};

/** Before the tests: what they stand on. */
export const stepsBefore: readonly Step[] = [
  ...checks.map((check) => ({ name: 'check', title: `check: ${check.title}`, run: () => report(check) })),
  { name: 'build', title: 'build: screens', ...absentUnless(hasRenderer(), 'renderer/index.html'), run: buildScreens },
  {
    name: 'build',
    title: 'build: desktop shell',
    ...absentUnless(has('electron.vite.config.ts'), 'electron.vite.config.ts'),
    run: async () => {
      await buildShell({ force: true });
      return true;
    },
  },
];

/** After the tests: the long ones, which say nothing new while something simple is broken. */
export const stepsAfter: readonly Step[] = [
  program('torture', 'tools/torture/main.ts', ['--kills', '20']),
  program('simulation', 'tests/simulation/main.ts', ['--seeds', '300', '--failed-once', '--damage']),
];

function program(name: string, file: string, args: readonly string[]): Step {
  const title = `${name}: ${args.join(' ').replaceAll('--', '')}`;
  return {
    name,
    title,
    ...absentUnless(has(file), file),
    run: async () => (await runShown(join(root, file), args)) === 0,
  };
}

async function buildScreens(): Promise<boolean> {
  return (await runShown(join(root, 'tools', 'build', 'main.ts'), [])) === 0;
}

function has(file: string): boolean {
  return existsSync(join(root, file));
}

function absentUnless(present: boolean, file: string): { absent?: string } {
  return present ? {} : { absent: `${file} does not exist yet` };
}
