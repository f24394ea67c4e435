/** The other end of drawing.ts: draws one report at a time, in a thread of its own. */
import { parentPort } from 'node:worker_threads';
import type { Asked, Drawn } from './drawing.ts';
import { reportPdf } from './pdf.ts';

parentPort?.on('message', async ({ n, report, madeAt }: Asked) => {
  let drawn: Drawn;
  try {
    drawn = { n, bytes: await reportPdf(report, madeAt) };
  } catch {
    drawn = { n, bytes: null };
  }
  parentPort?.postMessage(drawn);
});
