import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';
import type { Counted } from './tally.ts';

/** Where the reporter writes what was counted: the environment variable that names the file. */
export const COUNTED_FILE = 'QD_COUNTED_FILE';

/**
 * Writes every test's outcome for `npm test` to count. A file that cannot be loaded, a hook that fails and an error
 * outside any test are counted as failures of their own: they would otherwise only make fewer tests.
 */
class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const counted: Counted[] = [];
    for (const module of modules) counted.push(...countedIn(module));
    for (const error of errors)
      counted.push({ name: 'an error outside any test', state: 'failed', note: error.message });
    const file = process.env[COUNTED_FILE];
    if (file) writeFileSync(file, JSON.stringify(counted));
  }
}

function* countedIn(module: TestModule): Generator<Counted> {
  const title = `${module.project.name} ${module.relativeModuleId}`;
  for (const error of module.errors()) yield { name: title, state: 'failed', note: error.message };
  for (const suite of module.children.allSuites()) {
    for (const error of suite.errors()) {
      yield { name: `${title} > ${suite.fullName}`, state: 'failed', note: error.message };
    }
  }
  for (const test of module.children.allTests()) yield outcomeOf(title, test);
}

function outcomeOf(title: string, test: TestCase): Counted {
  const name = `${title} > ${test.fullName}`;
  const result = test.result();
  switch (result.state) {
    case 'passed':
      return { name, state: 'passed' };
    case 'skipped':
      return { name, state: 'skipped', ...(result.note ? { note: result.note } : {}) };
    case 'failed':
      return { name, state: 'failed', note: result.errors[0]?.message ?? 'failed' };
    default:
      return { name, state: 'failed', note: 'did not finish' };
  }
}

export default CountingReporter;
