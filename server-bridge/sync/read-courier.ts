/**
 * Brings what was read at this station to the center, in the pauses of everything else: while facts wait to be sent, reads
 * wait too, and one call goes at a time.
 */

import type { ReadsIn } from '../../domain/wire/reads.ts';
import type { ReadLog } from '../session/read-log.ts';
import { SyncFailure, type Timers } from './ports.ts';

const EVERY_MS = 5_000;
/** Facts that wait for longer than this, for whatever reason, hold reads up no more. ms */
const PATIENCE_MS = 60_000;
const BACKOFF_MOST_MS = 5 * 60_000;

export interface CourierOptions {
  readonly reads: Pick<ReadLog, 'waiting' | 'taken'>;
  readonly timers: Timers;
  /** Milliseconds of a clock that never jumps. */
  readonly steady: () => number;
  /** The center is reached now. */
  readonly reached: () => boolean;
  /** Facts wait to be sent. */
  readonly busy: () => boolean;
  /** Rejects with SyncFailure. */
  readonly send: (input: ReadsIn) => Promise<unknown>;
  readonly fault: (where: string, error: unknown) => void;
}

/** Returns how to stop. */
export function startReadCourier(options: CourierOptions): () => void {
  const { reads, timers, steady, fault } = options;
  let stopped = false;
  let stop = (): void => undefined;
  let busySince: number | null = null;
  let wait = EVERY_MS;

  const mayGo = (): boolean => {
    if (!options.reached()) return false;
    if (!options.busy()) {
      busySince = null;
      return true;
    }
    busySince ??= steady();
    return steady() - busySince > PATIENCE_MS;
  };
  const carry = async (): Promise<void> => {
    for (;;) {
      const next = !stopped && mayGo() ? reads.waiting() : null;
      if (!next) break;
      const { name, ...input } = next;
      await options.send(input);
      if (stopped) return;
      reads.taken(name);
    }
    wait = EVERY_MS;
  };
  const turn = (): void => {
    stop = timers.after(wait, () => {
      carry()
        .catch((error: unknown) => {
          wait = Math.min(wait * 2, BACKOFF_MOST_MS);
          if (!(error instanceof SyncFailure)) fault('reads', error);
        })
        .finally(() => {
          if (!stopped) turn();
        });
    });
  };
  turn();
  return () => {
    stopped = true;
    stop();
  };
}
