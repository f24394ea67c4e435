/** A center whose answers were swallowed by a network that was gone for a while. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { READS } from '../../domain/modules.ts';
import { systemRandom } from '../../sealing/random.ts';
import { newSigningKey, signerOf } from '../../sealing/signing.ts';
import { createHttpCenter } from './http-center.ts';

const HELLO = {
  ...{
    wire: 1 as const,
    build: 'test',
    reads: [...READS],
    cursor: null,
    logs: [],
    lanAddress: '',
    grants: [],
    keys: [],
  },
  asksOlder: true,
} as const;

it('a greeting that hangs is given up with the token that it waits for, and not whoever signs in', async () => {
  const answers: { path: string; reply: ServerResponse }[] = [];
  let swallows = true;
  const ports = new Set<number | undefined>();
  const server = createServer((request, reply) => {
    ports.add(request.socket.remotePort);
    request.resume();
    request.on('end', () => {
      if (swallows) answers.push({ path: request.url ?? '', reply });
      else if (request.url === '/v1/devices/token')
        reply.end(JSON.stringify({ token: 'a-token', expiresAt: Date.now() + 900_000 }));
      else reply.writeHead(409).end(JSON.stringify({ code: 'heard', detail: request.url }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const center = createHttpCenter({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    station: '0198c0de-0000-7000-8000-000000000001',
    signer: signerOf(newSigningKey()),
    clock: Date.now,
    random: systemRandom(),
  });
  try {
    const hung = center.hello(HELLO).catch((failure: unknown) => failure);
    const seat = center.accounts
      .refresh('a-refresh-token')
      .catch((failure: unknown) => failure as { readonly message?: unknown });
    await expect.poll(() => answers.map(({ path }) => path)).toEqual(['/v1/devices/token']);
    swallows = false;
    center.abandonGreeting();
    const again = center.hello(HELLO).catch((failure: unknown) => failure);
    expect(await again).toMatchObject({ kind: 'refused', message: '/v1/sync/hello' });
    // On a connection of its own.
    expect(ports.size).toBeGreaterThan(1);
    expect(await seat).toMatchObject({ kind: 'refused', message: '/v1/sessions/refresh' });
    await hung;

    // What is on its way for somebody at the seat is never said twice, nor given up.
    swallows = true;
    answers.length = 0;
    const signing = center.accounts.refresh('another').catch((failure: unknown) => failure);
    await expect.poll(() => answers.map(({ path }) => path)).toEqual(['/v1/sessions/refresh']);
    center.abandonGreeting();
    answers[0]?.reply.writeHead(409).end(JSON.stringify({ code: 'heard', detail: 'the late answer' }));
    expect(await signing).toMatchObject({ kind: 'refused', message: 'the late answer' });
  } finally {
    await center.close();
    server.closeAllConnections();
    server.close();
  }
});
