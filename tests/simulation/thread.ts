/** One thread of `npm run simulate`: runs the seed that it is told, and tells what came of it. */
import { parentPort } from 'node:worker_threads';
import { loadKnownSignatures } from './known-signatures.ts';
import { type RunOutcome, runSeed } from './simulate.ts';

export interface Errand {
  readonly seed: number;
  /** 0: as the seed says. */
  readonly hours: number;
  /** Whether a disk is damaged. */
  readonly damage: boolean;
}

export type Told = Pick<RunOutcome, 'seed' | 'lost' | 'diverged' | 'stationHours'>;

let loading: Promise<void> | null = null;

export async function run({ seed, hours, damage }: Errand, traced: boolean): Promise<RunOutcome> {
  loading ??= loadKnownSignatures();
  await loading;
  const trace = (at: number, text: string): void => console.log(`${(at / 1000).toFixed(3).padStart(10)} ${text}`);
  return runSeed({ seed, breaks: damage, ...(hours > 0 ? { hours } : {}), ...(traced ? { trace } : {}) });
}

/** What came of a run that broke off. */
export function brokenOff(seed: number, error: Error): Told {
  return { seed, lost: [], diverged: [String(error.stack)], stationHours: 0 };
}

parentPort?.on('message', (errand: Errand) => {
  const { seed } = errand;
  run(errand, false).then(
    ({ lost, diverged, stationHours }) =>
      parentPort?.postMessage({ seed, lost, diverged, stationHours } satisfies Told),
    (error: Error) => parentPort?.postMessage(brokenOff(seed, error)),
  );
});
