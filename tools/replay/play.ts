/** Plays the steps of a day through a station's bridge, each carrying when it happened. */
import { type BridgeClient, Refused } from '../bridge/client.ts';
import type { Step } from './plan.ts';
import type { SiteNames } from './set-up.ts';
import { type Day, playStep } from './step.ts';

/** A step that the station refused although the row could be read. */
export interface Failed {
  readonly step: Step;
  readonly reason: string;
}

export interface Played {
  readonly steps: number;
  readonly failed: readonly Failed[];
}

/**
 * Plays step after step. `pace` is awaited before each with the step and how many are done: it may slow the day down,
 * stop the center in the middle, or show progress.
 */
export async function playDay(
  bridge: BridgeClient,
  names: SiteNames,
  steps: readonly Step[],
  pace: (step: Step, done: number) => Promise<void>,
): Promise<Played> {
  const day: Day = { bridge, names, incidents: new Map(), ended: new Map() };
  const failed: Failed[] = [];
  let done = 0;
  for (const step of steps) {
    await pace(step, done++);
    try {
      await playStep(day, step);
    } catch (error) {
      // A station that is gone refuses nothing more.
      if (!(error instanceof Refused) || bridge.closed()) throw error;
      failed.push({ step, reason: error.message });
    }
  }
  return { steps: done, failed };
}
