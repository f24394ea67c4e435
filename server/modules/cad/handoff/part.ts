/** Hand-off as a part of the center: its worker, woken by every commit, and the door to what it left of an incident. */
import { z } from 'zod';
import { entityRef } from '#domain/kernel/ids.ts';
import { route } from '../../../kernel/http/route.ts';
import type { CenterContext, CenterPart } from '../../../kernel/part.ts';
import { readReport } from '../../documents/part.ts';
import { derivedId } from './derive.ts';
import { startDrawing } from './drawing.ts';
import { startWorker, type Worker } from './worker.ts';

export function handoffPart(context: CenterContext): CenterPart {
  let worker: Worker | null = null;
  return {
    name: 'handoff',
    routes: [
      route({
        method: 'GET',
        path: '/v1/incidents/{incident}/report',
        title: 'The report of an incident, once every unit of it is free again; the reading is noted in the audit',
        access: 'any',
        action: 'by record',
        params: z.strictObject({ incident: z.string().min(1).max(128) }),
        output: z.custom<Uint8Array>(),
        media: 'application/pdf',
        handler: (asked) =>
          readReport(context, asked, derivedId(entityRef('incident', asked.params.incident), 'report')),
      }),
    ],
    committed: (change) => {
      if (change.facts.length > 0 || change.opened.length > 0) worker?.nudge();
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
