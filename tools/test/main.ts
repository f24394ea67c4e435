import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { allowedSkips } from '../../tests/allowed-skips.ts';
import { commandOf, runShown } from '../check/program.ts';
import { givenTo } from '../command-line.ts';
import { findChromium, findHeadlessChromium, installChromium } from './chromium.ts';
import { COUNTED_FILE } from './reporter.ts';
import { type Step, stepsAfter, stepsBefore } from './steps.ts';
import { type AllowedSkip, type Counted, tally, tallyLine } from './tally.ts';

const STEPS: ReadonlySet<string> = new Set([...stepsBefore, ...stepsAfter].map((step) => step.name));

/** Ends with `N passed, N failed, N skipped`. */
const { words: filters } = givenTo({
  command: 'npm test',
  usage: `npm test [-- filter …]
  filter   the test files whose path contains it, and the steps of that name (${[...STEPS].join(', ')});
           everything without one
`,
  words: true,
  options: {},
  schema: z.object({ words: z.array(z.string()) }),
});
const whole = filters.length === 0;
const counted: Counted[] = [];
const leave: AllowedSkip[] = [...allowedSkips];

// A step is skipped only because its part is not in the checkout, and says so: that needs no place on the list.
function skip(name: string, reason: string): void {
  say(`skipped: ${name} (${reason})`);
  counted.push({ name, state: 'skipped', note: reason });
  leave.push({ test: name, reason });
}

async function runStep(step: Step): Promise<void> {
  if (step.absent !== undefined) return skip(step.title, step.absent);
  say(step.title);
  const ok = await step.run().catch((error: unknown) => {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return false;
  });
  counted.push({ name: step.title, state: ok ? 'passed' : 'failed' });
}

async function runTests(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qd-test-'));
  const file = join(folder, 'counted.json');
  try {
    const reporters = ['--reporter=default', `--reporter=${join(import.meta.dirname, 'reporter.ts')}`];
    const code = await runShown(commandOf('vitest', 'vitest'), ['run', ...reporters, ...filters], {
      ...process.env,
      [COUNTED_FILE]: file,
    });
    const tests = readCounted(file);
    counted.push(...tests);
    if (code !== 0 && !tests.some((test) => test.state === 'failed')) {
      counted.push({ name: 'vitest', state: 'failed', note: `ended with code ${code} without naming a failed test` });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readCounted(file: string): Counted[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counted[];
  } catch {
    return [{ name: 'vitest', state: 'failed', note: 'ended before it had counted its tests' }];
  }
}

/** The browsers that tests drive are on the machine from here on, where they can be. */
function haveChromium(): void {
  if (findChromium() === undefined) {
    say('no Chromium found: installing Debian’s (a few minutes)');
    installChromium();
  }
  const found = findHeadlessChromium();
  if (found === undefined)
    say('no Chromium: browser tests will fail. Install Chromium or Chrome, or set CHROMIUM_PATH.');
  else say(`browser: ${found}`);
}

function say(text: string): void {
  process.stdout.write(`\n» ${text}\n`);
}

const started = Date.now();
say(`tests on Node ${process.versions.node}${whole ? '' : `, only ${filters.join(', ')}`}`);
haveChromium();
const chosen = (step: Step): boolean => whole || filters.includes(step.name);
// A screen test alone still needs the screens it is about; the build is nothing when they are current.
const wanted = (step: Step): boolean =>
  chosen(step) || (step.name === 'build' && filters.some((f) => f.includes('e2e')));

for (const step of stepsBefore.filter(wanted)) await runStep(step);
if (whole || filters.some((filter) => !STEPS.has(filter))) {
  say('tests');
  await runTests();
}
// One after the other: the simulated days fill every processor, and what was killed came back too late beside them.
for (const step of stepsAfter.filter(chosen)) await runStep(step);

const result = tally(counted, leave);
if (result.skipped.length > 0) say('skipped');
for (const { name, note } of result.skipped) process.stdout.write(`  ${name}: ${note}\n`);
if (result.failed.length > 0) say('failed');
for (const { name, note } of result.failed)
  process.stdout.write(`  ${name}${note ? `: ${note.split('\n')[0]}` : ''}\n`);
const ran = result.passed + result.failed.length;
if (ran === 0) process.stdout.write('\nNothing was run, and a run of nothing proves nothing: check the filter.\n');
process.stdout.write(`\nin ${Math.round((Date.now() - started) / 1000)} s\n${tallyLine(result)}\n`);
process.exitCode = result.failed.length > 0 || ran === 0 ? 1 : 0;
