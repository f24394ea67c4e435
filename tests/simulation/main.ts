/**
 * `npm run simulate`: N runs, seeds K, K+1, …, on J threads; prints one line when all came together, or the failing seed
 * and how to replay it. Hours are those of all stations together.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { whole } from '../../domain/kernel/command-line.ts';
import { givenTo } from '../../tools/command-line.ts';
import { FAILED_ONCE } from './failed-once.ts';
import { CAME, planOf } from './plan.ts';
import type { RunOutcome } from './simulate.ts';
import type { Day, Errand, Told } from './thread.ts';

const COMMAND_LINE = {
  command: 'npm run simulate',
  usage: `npm run simulate -- [--seeds N] [--from K] [--hours H] [--damage] [--before WHAT] [--failed-once]
                          [--jobs J] [--trace] [--keep-going] [--coverage]
  --seeds N      how many runs (20)
  --from K       the seed of the first; the next ones follow it (1)
  --hours H      simulated hours of each run; as its seed says without it
  --damage       damage disks too
  --before WHAT  without what came to runs then and later: ${CAME.join(', ')}
  --failed-once  first of the N, each day that once failed, as it was then
  --jobs J       on that many threads (one for each processor)
  --trace        print what happens, and what came of it; one thread
  --keep-going   do not stop at the first seed that fails
  --coverage     say afterwards how much of the shipped code ran; one thread
`,
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    hours: { type: 'string' },
    damage: { type: 'boolean' },
    before: { type: 'string' },
    'failed-once': { type: 'boolean' },
    jobs: { type: 'string' },
    trace: { type: 'boolean' },
    'keep-going': { type: 'boolean' },
    coverage: { type: 'boolean' },
  },
  schema: z.object({
    seeds: whole(1, 1_000_000).default(20),
    from: whole(0, 4_294_967_295).default(1),
    hours: whole(0, 10_000).default(0),
    jobs: whole(1, 64).default(availableParallelism()),
    damage: z.boolean().default(false),
    before: z.enum(CAME).optional(),
    'failed-once': z.boolean().default(false),
    trace: z.boolean().default(false),
    'keep-going': z.boolean().default(false),
    coverage: z.boolean().default(false),
  }),
} as const;

/** How often it is said how far the runs are. ms */
const PROGRESS_MS = 30_000;

/** What most work is done in, first: the threads end together then, and none waits for another's long run. */
function longestFirst(days: readonly Day[], hours: number): readonly Day[] {
  const work = ({ seed, kinds }: Day): number => {
    const plan = planOf(seed, hours > 0 ? hours : undefined, kinds);
    return plan.hours * plan.pace;
  };
  return days.toSorted((a, b) => work(b) - work(a) || a.seed - b.seed);
}

/**
 * A day makes and drops several stations' worth of memory. A young generation that holds more of it is gathered more seldom: a
 * tenth of the processor's time. MB
 */
const YOUNG = 192;

/** Each day on the next thread that is free, until all are done or one fails. */
async function onThreads(
  days: readonly Day[],
  hours: number,
  jobs: number,
  stop: () => boolean,
  told: (outcome: Told) => void,
): Promise<void> {
  const left = [...longestFirst(days, hours)];
  const thread = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('thread.ts', import.meta.url), {
        resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
      });
      const next = (): void => {
        const day = stop() ? undefined : left.shift();
        if (day !== undefined) worker.postMessage({ ...day, hours } satisfies Errand);
        else void worker.terminate().then(() => resolve(), reject);
      };
      worker.on('message', (outcome: Told) => {
        told(outcome);
        next();
      });
      worker.on('error', reject);
      next();
    });
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, days.length)) }, thread));
}

async function main(): Promise<void> {
  const { seeds, from, hours, jobs, trace, 'keep-going': goesOn, coverage, ...given } = givenTo(COMMAND_LINE);
  if (coverage) {
    await withCoverage();
    return;
  }
  const began = performance.now();
  let stationHours = 0;
  let done = 0;
  let lost = 0;
  let diverged = 0;
  const summed = (outcome: RunOutcome): RunOutcome => {
    const { actions, refused, heldBack, facts, excused, clashes, fingerprint } = outcome;
    if (trace) console.log(JSON.stringify({ actions, refused, heldBack, facts, excused, clashes, fingerprint }));
    return outcome;
  };
  const told = (outcome: Told): void => {
    done++;
    stationHours += outcome.stationHours;
    lost += outcome.lost.length;
    diverged += outcome.diverged.length;
    if (outcome.lost.length + outcome.diverged.length === 0) return;
    console.error(`Seed ${outcome.seed}: ${outcome.lost.length} lost, ${outcome.diverged.length} diverged.`);
    const lines = [...outcome.lost.map((one) => `lost: ${one}`), ...outcome.diverged];
    for (const line of lines.slice(0, 12)) console.error(`  ${line.slice(0, 1_500)}`);
    const { before, breaks } = outcome.kinds;
    const as = `${hours > 0 ? ` --hours ${hours}` : ''}${before ? ` --before ${before}` : ''}${breaks ? ' --damage' : ''}`;
    console.error(`Replay: npm run simulate -- --seeds 1 --from ${outcome.seed}${as} --trace`);
  };
  const failed = (): boolean => lost + diverged > 0 && !goesOn;
  const again = given['failed-once'] ? FAILED_ONCE.slice(0, seeds) : [];
  const kinds = { before: given.before, breaks: given.damage };
  const all = [...again, ...Array.from({ length: seeds - again.length }, (_, i) => ({ seed: from + i, kinds }))];
  const progress = setInterval(() => {
    const seconds = Math.round((performance.now() - began) / 1000);
    console.error(`  ${done} of ${seeds} seeds after ${seconds} s`);
  }, PROGRESS_MS);
  if (trace || jobs <= 1) {
    const { brokenOff, run } = await import('./thread.ts');
    for (const day of all) {
      if (failed()) break;
      const outcome = run({ ...day, hours }, trace).then(summed);
      told({ ...(await outcome.catch((error: Error) => brokenOff(day, error))), kinds: day.kinds });
    }
  } else await onThreads(all, hours, jobs, failed, told);
  clearInterval(progress);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `${done} seeds, ${lost} lost, ${diverged} diverged, ${stationHours.toFixed(0)} simulated hours in ${seconds.toFixed(1)} s`,
  );
  process.exitCode = lost + diverged === 0 ? 0 : 1;
}

/** V8 counts from the start of a process and writes at its end, so the runs are a process of their own. */
async function withCoverage(): Promise<void> {
  const { covered, coverageTable } = await import('./coverage.ts');
  const given = process.argv.slice(2).filter((arg) => arg !== '--coverage');
  const folders = await covered((folder) => {
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...given, '--jobs', '1'], {
      // What comes out of a cache is counted less exactly.
      env: { ...process.env, NODE_V8_COVERAGE: folder, NODE_DISABLE_COMPILE_CACHE: '1' },
      stdio: 'inherit',
    });
    process.exitCode = status ?? 1;
  });
  console.log(coverageTable(folders));
}

await main();
