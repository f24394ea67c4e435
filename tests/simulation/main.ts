/**
 * `npm run simulate -- --seeds N [--from K] [--hours H] [--trace] [--keep-going]`: N runs, seeds K, K+1, …; prints one line when all came
 * together, or the failing seed and how to replay it.
 */
import { parseArgs } from 'node:util';
import { runSeed } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    from: { type: 'string', default: '1' },
    hours: { type: 'string' },
    trace: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
});

function count(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  console.error(`--${name} must be a whole number.`);
  process.exit(2);
}

const seeds = count('seeds', values.seeds);
const from = count('from', values.from);
const hours = values.hours === undefined ? undefined : count('hours', values.hours);
const began = performance.now();
let stationHours = 0;
let lost = 0;
let diverged = 0;

for (let seed = from; seed < from + seeds; seed++) {
  const trace = values.trace
    ? (at: number, text: string) => console.log(`${(at / 1000).toFixed(3).padStart(10)} ${text}`)
    : undefined;
  const outcome = await runSeed({ seed, ...(hours === undefined ? {} : { hours }), ...(trace ? { trace } : {}) });
  stationHours += outcome.stationHours;
  if (values.trace)
    console.log(
      JSON.stringify({ ...outcome, lost: outcome.lost.length, diverged: outcome.diverged.length, troubles: undefined }),
    );
  if (outcome.lost.length + outcome.diverged.length === 0) continue;
  lost += outcome.lost.length;
  diverged += outcome.diverged.length;
  console.error(`Seed ${seed}: ${outcome.lost.length} lost, ${outcome.diverged.length} diverged.`);
  for (const line of [
    ...outcome.lost.map((one) => `  lost: ${one}`),
    ...outcome.diverged.map((one) => `  ${one}`),
  ].slice(0, 12))
    console.error(line.slice(0, 1_500));
  console.error(
    `Replay: npm run simulate -- --seeds 1 --from ${seed}${hours === undefined ? '' : ` --hours ${hours}`} --trace`,
  );
  if (!values['keep-going']) break;
}

const seconds = (performance.now() - began) / 1000;
console.log(
  `${seeds} seeds, ${lost} lost, ${diverged} diverged, ${stationHours.toFixed(0)} simulated hours in ${seconds.toFixed(1)} s`,
);
process.exitCode = lost + diverged === 0 ? 0 : 1;
