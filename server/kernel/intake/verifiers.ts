/**
 * Verifying on threads of their own: at a thousand facts a push signatures are most of the work, and the loop has to go on
 * answering meanwhile. Whole batches go over, which costs the loop a tenth of handing each signature to the thread pool.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { CONFINED } from '../confined.ts';
import { packed } from './packed-checks.ts';
import { type SignatureCheck, type Verify, verifyHere } from './signature-checks.ts';

/** Fewer than this are checked at once where they are: going over takes longer. */
const WORTH_SENDING = 8;

interface Verifier {
  readonly worker: Worker;
  readonly waiting: Map<
    number,
    { readonly settle: (holds: readonly boolean[]) => void; readonly fail: (error: Error) => void }
  >;
}

export interface Verifiers {
  readonly verify: Verify;
  readonly stop: () => Promise<void>;
}

/**
 * Threads that check signatures, so that the one that answers calls does not. Each is begun by its first batch, which waits a
 * tenth of a second for that; so is another in the place of one that ended.
 */
export function startVerifiers(count = Math.max(1, Math.min(4, availableParallelism() - 1))): Verifiers {
  let stopped = false;
  let next = 0;
  const verifiers: (Verifier | undefined)[] = Array.from({ length: count });
  const begin = (place: number): Verifier => {
    const verifier: Verifier = {
      worker: new Worker(new URL('verify-thread.ts', import.meta.url), CONFINED),
      waiting: new Map(),
    };
    verifier.worker.unref();
    verifier.worker.on('message', ({ id, holds }: { id: number; holds: readonly boolean[] }) => {
      verifier.waiting.get(id)?.settle(holds);
      verifier.waiting.delete(id);
    });
    const lost = (): void => {
      for (const { fail } of verifier.waiting.values()) fail(new Error('the verifying thread ended'));
      verifier.waiting.clear();
      if (verifiers[place] === verifier) verifiers[place] = undefined;
    };
    verifier.worker.on('error', () => undefined);
    verifier.worker.on('exit', lost);
    return verifier;
  };

  const send = (checks: readonly SignatureCheck[]): Promise<readonly boolean[]> =>
    new Promise((settle, fail) => {
      const id = next++;
      const place = id % count;
      verifiers[place] ??= begin(place);
      const verifier = verifiers[place];
      verifier.waiting.set(id, { settle, fail });
      verifier.worker.postMessage(packed(id, checks));
    });

  return {
    verify: (checks) => (checks.length < WORTH_SENDING || stopped ? verifyHere(checks) : send(checks)),
    stop: async () => {
      stopped = true;
      await Promise.all(verifiers.map((verifier) => verifier?.worker.terminate()));
    },
  };
}
