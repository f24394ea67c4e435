/** The process of one bench: measures, and sends what it found to the process that asked. */
import type { Measure } from './figures.ts';

const name = process.argv[2] ?? '';
const send = (message: unknown): Promise<void> =>
  new Promise((resolve) => {
    if (process.send) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });

try {
  const bench = (await import(`./${name}.ts`)) as { readonly measure: Measure };
  const done = await bench.measure((what) => void send({ say: what }));
  await send({ done });
  process.exit(0);
} catch (error) {
  await send({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
}
