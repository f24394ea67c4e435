/** The process of one bench: measures, and sends what it found to the process that asked. */
import type { BenchName, Measure } from './figures.ts';

const FILES: { readonly [B in BenchName]: () => Promise<{ readonly measure: Measure }> } = {
  store: () => import('./store.ts'),
  action: () => import('./action.ts'),
  fanout: () => import('./fanout.ts'),
  peer: () => import('./peer.ts'),
  recovery: () => import('./recovery.ts'),
  start: () => import('./start.ts'),
  center: () => import('./center.ts'),
  memory: () => import('./memory.ts'),
  simulate: () => import('./simulate.ts'),
  trust: () => import('./trust.ts'),
};
const name = process.argv[2] as BenchName;
const send = (message: unknown): Promise<void> =>
  new Promise((resolve) => {
    if (process.send) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });

try {
  const bench = await FILES[name]();
  const done = await bench.measure((what) => void send({ say: what }));
  await send({ done });
  process.exit(0);
} catch (error) {
  await send({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
}
