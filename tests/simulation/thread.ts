/** One thread of `npm run simulate`: runs the seed that it is told, and tells what came of it. */
import { parentPort } from 'node:worker_threads';
import { loadKnownSignatures } from './known-signatures.ts';
import type { Kinds } from './plan.ts';
import { type RunOutcome, runSeed } from './simulate.ts';

/** What decides a run, besides how long it is. */
export interface Day {
  readonly seed: number;
  readonly kinds: Kinds;
}

export interface Errand extends Day {
  /** 0: as the seed says. */
  readonly hours: number;
}

export type Told = Day & Pick<RunOutcome, 'lost' | 'diverged' | 'stationHours'>;

let loading: Promise<void> | null = null;

export async function run({ seed, kinds, hours }: Errand, traced: boolean): Promise<RunOutcome> {
  loading ??= loadKnownSignatures();
  await loading;
  const trace = (at: number, text: string): void => console.log(`${(at / 1000).toFixed(3).padStart(10)} ${text}`);
  return runSeed({ seed, ...kinds, ...(hours > 0 ? { hours } : {}), ...(traced ? { trace } : {}) });
}

/** What came of a run that broke off. */
export function brokenOff({ seed, kinds }: Day, error: Error): Told {
  return { seed, kinds, lost: [], diverged: [String(error.stack)], stationHours: 0 };
}

parentPort?.on('message', (errand: Errand) => {
  const { seed, kinds } = errand;
  run(errand, false).then(
    ({ lost, diverged, stationHours }) =>
      parentPort?.postMessage({ seed, kinds, lost, diverged, stationHours } satisfies Told),
    (error: Error) => parentPort?.postMessage(brokenOff(errand, error)),
  );
});
