import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Cable, layCable } from './cable.ts';

const server = createServer((_, response) => response.end('here'));
let cable: Cable;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  cable = await layCable(typeof address === 'object' && address ? address.port : 0);
});
afterAll(async () => {
  await cable.stop();
  server.closeAllConnections();
  server.close();
});

/** An answer may take its time on a busy machine; only where none is to come is it waited for shortly. */
const get = (patience = 15_000) =>
  fetch(cable.url, { signal: AbortSignal.timeout(patience) }).then((answer) => answer.text());

it('passes, refuses, stalls and passes again', async () => {
  expect(await get()).toBe('here');
  cable.set('closed');
  await expect(get()).rejects.toThrow('fetch failed');
  cable.set('stalled');
  await expect(get(400)).rejects.toThrow(/timeout|aborted/);
  cable.set('open');
  expect(await get()).toBe('here');
});

it('passes late, there and back, and in time again', async () => {
  const took = async (): Promise<number> => {
    const began = performance.now();
    await get();
    return performance.now() - began;
  };
  cable.slow(200);
  expect(await took()).toBeGreaterThanOrEqual(395);
  cable.slow(0);
  await get();
  expect(Math.min(await took(), await took(), await took())).toBeLessThan(200);
});
