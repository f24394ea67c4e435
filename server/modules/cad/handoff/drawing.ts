/** Draws reports in a thread, so that a long one never holds up the facts of a floor. */
import { Worker } from 'node:worker_threads';
import { CONFINED } from '../../../kernel/confined.ts';
import type { Report } from './report.ts';

export interface Asked {
  readonly n: number;
  readonly report: Report;
  readonly madeAt: number;
}
export interface Drawn {
  readonly n: number;
  /** Null where it could not be drawn. */
  readonly bytes: Uint8Array | null;
}

export interface Drawing {
  /** Bytes of a report as a PDF. Rejects where the thread died over it; asked again, another is begun. */
  readonly draw: (report: Report, madeAt: number) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** An idle thread goes after this long: a center whose floor is quiet keeps no memory for it. */
const IDLE_MS = 30_000;

export function startDrawing(): Drawing {
  let thread: Worker | null = null;
  let idle: NodeJS.Timeout | undefined;
  let last = 0;
  const waiting = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }>();

  const gone = (from: Worker): void => {
    if (thread !== from) return;
    thread = null;
    for (const { reject } of waiting.values()) reject(new DrawingFailed());
    waiting.clear();
  };
  const begin = (): Worker => {
    const made = new Worker(new URL('drawing-thread.ts', import.meta.url), CONFINED);
    made.unref();
    made.on('message', ({ n, bytes }: Drawn) => {
      const asked = waiting.get(n);
      waiting.delete(n);
      if (bytes) asked?.resolve(bytes);
      else asked?.reject(new DrawingFailed());
    });
    made.on('error', () => gone(made));
    made.on('exit', () => gone(made));
    return made;
  };
  const close = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = thread;
    if (!ending) return;
    // Let go of first: whoever asks while it ends is drawn for by another.
    gone(ending);
    await ending.terminate();
  };
  return {
    draw: (report, madeAt) =>
      new Promise((resolve, reject) => {
        thread ??= begin();
        clearTimeout(idle);
        idle = setTimeout(() => void (waiting.size === 0 && close()), IDLE_MS).unref();
        const n = ++last;
        waiting.set(n, { resolve, reject });
        thread.postMessage({ n, report, madeAt } satisfies Asked);
      }),
    close,
  };
}

class DrawingFailed extends Error {
  constructor() {
    super('The report could not be drawn.');
    this.name = 'DrawingFailed';
  }
}
