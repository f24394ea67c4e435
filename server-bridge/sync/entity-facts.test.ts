import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { StreamPage } from '../../domain/kernel/stream.ts';
import { systemRandom } from '../../sealing/random.ts';
import { newSigningKey, signerOf } from '../../sealing/signing.ts';
import { createHttpCenter, type HttpCenter } from './http-center.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A center that has a token for everybody and these facts of every entity. */
async function centerWith(facts: StreamPage): Promise<HttpCenter> {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    const token = { token: 'a token', expiresAt: Date.now() + 600_000 };
    response.end(JSON.stringify(request.url?.startsWith('/v1/sync/entity?') ? facts : token));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((done) => server.close(done)));
  const center = createHttpCenter({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    station: 'a',
    signer: signerOf(newSigningKey()),
    clock: Date.now,
    random: systemRandom(),
  });
  closing.push(center.close);
  return center;
}

it('takes as many facts of one entity as a center sends: a unit has more of them than a page of the stream', async () => {
  const items = Array.from({ length: 12_000 }, (_, i) => ({
    n: i + 1,
    marker: { log: 'l', seq: i + 1, reason: 'signature does not hold' },
  }));
  const center = await centerWith({ epoch: 'e1', from: 0, items, keys: [], head: items.length });
  expect((await center.entity('unit:m36')).items).toHaveLength(12_000);
});
