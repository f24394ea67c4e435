/** Hand-off as a part of the center: its worker, woken by every commit. */
import type { CenterContext, CenterPart } from '../../../kernel/part.ts';
import { startDrawing } from './drawing.ts';
import { startWorker, type Worker } from './worker.ts';

export function handoffPart(context: CenterContext): CenterPart {
  let worker: Worker | null = null;
  return {
    name: 'handoff',
    routes: [],
    committed: (change) => {
      if (change.facts.length > 0) worker?.nudge();
    },
    start: async () => {
      const drawing = startDrawing();
      worker = startWorker({ ...context, draw: drawing.draw });
      return async () => {
        await worker?.stop();
        worker = null;
        await drawing.close();
      };
    },
  };
}
