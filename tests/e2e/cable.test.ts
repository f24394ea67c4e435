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

const get = () => fetch(cable.url, { signal: AbortSignal.timeout(400) }).then((answer) => answer.text());

it('passes, refuses, stalls and passes again', async () => {
  expect(await get()).toBe('here');
  cable.set('closed');
  await expect(get()).rejects.toThrow('fetch failed');
  cable.set('stalled');
  await expect(get()).rejects.toThrow(/timeout|aborted/);
  cable.set('open');
  expect(await get()).toBe('here');
});
